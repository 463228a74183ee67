import { Group, Stack, Text } from '@mantine/core';
import { ActionButton } from './action-button.tsx';
import { ChangedElsewhere } from './changed-elsewhere.tsx';
import { UnsavedChanges } from './unsaved-changes.tsx';

interface SaveRowProps {
  /** On the button. */
  children: string;
  /** Whether the form differs from what is stored. */
  isDirty: boolean;
  /** What somebody changed elsewhere since the form was opened, a sentence each. */
  elsewhere: readonly string[];
  /** They have been seen. */
  onLooked: () => void;
  change: { isPending: boolean; isSuccess: boolean };
}

/** The end of a form that changes what is stored: what was changed elsewhere, the button, and that it was saved. */
export function SaveRow({ children, isDirty, elsewhere, onLooked, change }: SaveRowProps) {
  return (
    <Stack gap="md">
      <ChangedElsewhere changes={elsewhere} isChangedHere={isDirty} onLooked={onLooked} />
      <Group gap="sm">
        {isDirty && !change.isPending && <UnsavedChanges />}
        <ActionButton type="submit" disabled={!isDirty} loading={change.isPending}>
          {children}
        </ActionButton>
        {change.isSuccess && !isDirty && elsewhere.length === 0 && (
          <Text size="sm" role="status">
            Saved.
          </Text>
        )}
      </Group>
    </Stack>
  );
}
