import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { FailureNotice } from './failure-notice.tsx';

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
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      centered
      transitionProps={{ duration: 0 }}
    >
      <Stack gap="md">
        <Modal.Title fw={700} lh="md" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Modal.Title>
        {children}
        {error !== null && <FailureNotice error={error} />}
        <Group grow>
          <Button size="md" variant="default" onClick={onClose}>
            {no}
          </Button>
          <Button
            size="md"
            {...(isDestructive && { color: 'red.9' })}
            disabled={isDisabled}
            loading={isPending}
            onClick={onYes}
          >
            {yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
