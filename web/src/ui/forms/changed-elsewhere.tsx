import { List, Text } from '@mantine/core';
import { ChangedNotice } from '../notices/changed-notice.tsx';

interface ChangedElsewhereProps {
  /** What somebody changed elsewhere since the form was opened, a sentence each. */
  changes: readonly string[];
  /** Whether something is changed here as well. */
  isChangedHere: boolean;
  /** They have been seen. */
  onLooked?: (() => void) | undefined;
}

/** Tells whoever has a form open what holds by now; nothing where nothing was changed. */
export function ChangedElsewhere({ changes, isChangedHere, onLooked }: ChangedElsewhereProps) {
  if (changes.length === 0) return null;
  return (
    <ChangedNotice
      onDismiss={({ currentTarget }) => {
        // It goes away with the notice.
        currentTarget.closest('form')?.querySelector<HTMLElement>('[type="submit"]')?.focus();
        onLooked?.();
      }}
    >
      <ChangeList of={changes} />
      <Text size="sm">
        {isChangedHere
          ? 'That holds now. What you changed here is kept, and not saved yet.'
          : 'That holds now, and is what the fields show.'}
      </Text>
    </ChangedNotice>
  );
}

export function ChangeList({ of }: { of: readonly string[] }) {
  return (
    <List size="sm">
      {of.map((change) => (
        <List.Item key={change}>{change}</List.Item>
      ))}
    </List>
  );
}
