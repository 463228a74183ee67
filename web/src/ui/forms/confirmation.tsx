import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useWaitingWords } from '../../format/words/waiting-words.ts';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { ActionButton } from './action-button.tsx';
import classes from './confirmation.module.css';

interface ConfirmationProps {
  opened: boolean;
  onClose: () => void;
  /** The question, such as `Revoke the key bot?` */
  title: string;
  /** What a yes does. */
  children: ReactNode;
  /** The yes and the no, as what they do. */
  yes: string;
  no: string;
  onYes: () => void;
  /** Whether the yes takes something away. */
  isDestructive?: boolean;
  /** While something has still to be filled in. */
  isDisabled?: boolean;
  isPending?: boolean;
  /** Of the last try. */
  error?: unknown;
}

/** One question before something that cannot be taken back. */
export function Confirmation({
  opened,
  onClose,
  title,
  children,
  yes,
  no,
  onYes,
  isDestructive = false,
  isDisabled = false,
  isPending = false,
  error = null,
}: ConfirmationProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const words = useWaitingWords(isPending);
  useEffect(() => {
    if (opened) dialog.current?.showModal();
    else dialog.current?.close();
  }, [opened]);
  return (
    // The browser keeps the focus inside and gives it back; a click beside it is one on the dialog itself.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same.
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-labelledby={titleId}
      onClose={() => opened && onClose()}
      onClick={({ target, currentTarget }) => target === currentTarget && onClose()}
    >
      {opened && (
        <Stack gap="md" p="md">
          <Title order={2} size="h5" id={titleId} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {children}
          {error !== null && <FailureNotice error={error} />}
          <Group>
            <Button size="md" variant="default" flex="1 0 auto" onClick={onClose}>
              {no}
            </Button>
            <ActionButton
              size="md"
              flex="1 0 auto"
              {...(isDestructive && { color: 'red.9' })}
              disabled={isDisabled}
              loading={isPending}
              onClick={onYes}
            >
              {yes}
            </ActionButton>
          </Group>
          {/* The page says it as well, but is covered. */}
          {words !== null && (
            <Text size="sm" role="status">
              {words}
            </Text>
          )}
        </Stack>
      )}
    </dialog>
  );
}
