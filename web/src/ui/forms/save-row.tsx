import { Group, Text } from '@mantine/core';
import { ActionButton } from './action-button.tsx';
import { UnsavedChanges } from './unsaved-changes.tsx';

interface SaveRowProps {
  /** On the button. */
  children: string;
  size?: 'xs';
  /** Whether the form differs from what is stored. */
  isDirty: boolean;
  change: { isPending: boolean; isSuccess: boolean };
}

/** The end of a form that changes what is stored: the button, and that it was saved. */
export function SaveRow({ children, size, isDirty, change }: SaveRowProps) {
  return (
    <Group gap="sm">
      {isDirty && !change.isPending && <UnsavedChanges />}
      <ActionButton type="submit" {...(size && { size })} disabled={!isDirty} loading={change.isPending}>
        {children}
      </ActionButton>
      {change.isSuccess && !isDirty && (
        <Text size="sm" role="status">
          Saved.
        </Text>
      )}
    </Group>
  );
}
