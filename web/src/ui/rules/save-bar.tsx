import { Group, List, Stack, Text } from '@mantine/core';
import { ActionButton } from '../forms/action-button.tsx';
import { FormFailure } from '../forms/form-failure.tsx';
import { Notice } from '../notices/notice.tsx';
import classes from './save-bar.module.css';
import { UnsavedChanges } from './unsaved-changes.tsx';

interface SaveBarProps {
  /** What would change, a sentence each. */
  changes: readonly string[];
  /** What the last save changed; null before there was one. */
  saved: readonly string[] | null;
  isPending: boolean;
  error: unknown;
  onUndo: () => void;
}

/** What a form would change, the way to save it, and afterwards what was saved. */
export function SaveBar({ changes, saved, isPending, error, onUndo }: SaveBarProps) {
  const isChanged = changes.length > 0;
  return (
    <div className={classes.bar} data-changed={isChanged || undefined}>
      {isChanged && <UnsavedChanges />}
      <Stack gap="sm">
        <FormFailure error={error} />
        <div role="status">
          {isChanged ? (
            <>
              <Text size="sm" fw={700}>
                Not saved yet
              </Text>
              <Changes of={changes} />
            </>
          ) : (
            saved !== null && (
              <Notice tone="good" title="Saved. It holds from the next order on.">
                <Changes of={saved} />
              </Notice>
            )
          )}
        </div>
        <Group gap="sm">
          <ActionButton type="submit" disabled={!isChanged} loading={isPending}>
            Save
          </ActionButton>
          <ActionButton variant="default" disabled={!isChanged || isPending} onClick={onUndo}>
            Undo
          </ActionButton>
        </Group>
      </Stack>
    </div>
  );
}

function Changes({ of }: { of: readonly string[] }) {
  return (
    <List size="sm">
      {of.map((change) => (
        <List.Item key={change}>{change}</List.Item>
      ))}
    </List>
  );
}
