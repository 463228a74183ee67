import { Group, Stack, Text } from '@mantine/core';
import { ActionButton } from '../forms/action-button.tsx';
import { ChangedElsewhere, ChangeList } from '../forms/changed-elsewhere.tsx';
import { FormFailure } from '../forms/form-failure.tsx';
import { UnsavedChanges } from '../forms/unsaved-changes.tsx';
import { Notice } from '../notices/notice.tsx';
import classes from './save-bar.module.css';

interface SaveBarProps {
  /** What somebody changed elsewhere since the form was opened, a sentence each. */
  elsewhere?: readonly string[];
  /** They have been seen. */
  onLooked?: () => void;
  /** What would change, a sentence each. */
  changes: readonly string[];
  /** What the last save changed; null before there was one. */
  saved: readonly string[] | null;
  isPending: boolean;
  error: unknown;
  onUndo: () => void;
}

/** What a form would change, the way to save it, and afterwards what was saved. */
export function SaveBar({
  elsewhere = [],
  onLooked,
  changes,
  saved,
  isPending,
  error,
  onUndo,
}: SaveBarProps) {
  const isChanged = changes.length > 0;
  const isStale = elsewhere.length > 0;
  return (
    <div className={classes.bar} data-changed={isChanged || isStale || undefined}>
      {isChanged && <UnsavedChanges />}
      <Stack gap="sm">
        <FormFailure error={error} />
        <ChangedElsewhere changes={elsewhere} isChangedHere={isChanged} onLooked={onLooked} />
        <div role="status">
          {isChanged ? (
            <>
              <Text size="sm" fw={700}>
                Not saved yet
              </Text>
              <ChangeList of={changes} />
            </>
          ) : (
            saved !== null && (
              <Notice tone="good" title="Saved: it holds from the next order on">
                <ChangeList of={saved} />
              </Notice>
            )
          )}
        </div>
        <Group gap="sm">
          <ActionButton type="submit" disabled={!isChanged} loading={isPending}>
            Save
          </ActionButton>
          <ActionButton variant="default" disabled={!isChanged || isPending} onClick={onUndo}>
            Discard changes
          </ActionButton>
        </Group>
      </Stack>
    </div>
  );
}
