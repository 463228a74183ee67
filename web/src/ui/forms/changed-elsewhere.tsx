import { Button, List, Text } from '@mantine/core';
import { Notice } from '../notices/notice.tsx';

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
    <Notice role="alert" tone="caution" title="Changed elsewhere while this page was open">
      <ChangeList of={changes} />
      <Text size="sm" my="xs">
        {isChangedHere
          ? 'That holds now. What you changed here is kept, and not saved yet.'
          : 'That holds now, and is what the fields show.'}
      </Text>
      <Button
        variant="default"
        size="xs"
        onClick={({ currentTarget }) => {
          // It goes away with the notice.
          currentTarget.closest('form')?.querySelector<HTMLElement>('[type="submit"]')?.focus();
          onLooked?.();
        }}
      >
        Dismiss
      </Button>
    </Notice>
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
