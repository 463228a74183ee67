import { Button, Group, List, Stack, Text } from '@mantine/core';
import { ActionButton } from '../forms/action-button.tsx';
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
        {isStale && (
          <Notice role="alert" tone="caution" title="Changed elsewhere while this page was open">
            <Changes of={elsewhere} />
            <Text size="sm" my="xs">
              {isChanged
                ? 'That holds now. What you changed here is kept, and not saved yet.'
                : 'That holds now, and is what the fields show.'}
            </Text>
            <Button variant="default" size="xs" onClick={onLooked}>
              I have seen it
            </Button>
          </Notice>
        )}
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
            Discard changes
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
