import { Button, Group, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import { ActionButton } from './action-button.tsx';
import { focusFirstFault } from './first-fault.ts';
import { FormFailure } from './form-failure.tsx';
import { UnsavedChanges } from './unsaved-changes.tsx';

interface EntryFormProps {
  /** Whether the first field has the focus when the form appears. */
  takesFocus?: boolean;
  /** Whether anything was entered, which is asked about before it is lost. */
  isTyped: boolean;
  /** Marks the fields that are not right; they are not sent then. */
  isFaulty: () => boolean;
  /** Sends what was entered. */
  onSend: () => void;
  /** Its sending. */
  sending: { isPending: boolean; error: unknown };
  /** On the button. */
  action: string;
  /** The button beside it, which leads away from the form. */
  wayOut: ReactNode;
  children: ReactNode;
}

/** A form that something new is entered into. Bad input loses nothing. */
export function EntryForm({
  takesFocus = false,
  isTyped,
  isFaulty,
  onSend,
  sending,
  action,
  wayOut,
  children,
}: EntryFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (takesFocus) form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
  }, [takesFocus]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isFaulty()) focusFirstFault(event.currentTarget);
    else onSend();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="lg">
        {isTyped && !sending.isPending && <UnsavedChanges />}
        {children}
        <FormFailure error={sending.error} />
        <Group gap="sm">
          <ActionButton type="submit" loading={sending.isPending}>
            {action}
          </ActionButton>
          {wayOut}
        </Group>
      </Stack>
    </form>
  );
}

/** The usual way out. */
export function CancelButton({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="default" onClick={onClick}>
      Cancel
    </Button>
  );
}
