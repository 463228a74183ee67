import { Button } from '@mantine/core';
import { leaveBy } from './leaving.ts';

interface EditButtonProps {
  isOpen: boolean;
  /** What it opens, for who does not see where it stands: `the key laptop`. */
  what: string;
  onClick: () => void;
}

/** Opens and closes the form for what stands above it. */
export function EditButton({ isOpen, what, onClick }: EditButtonProps) {
  const verb = isOpen ? 'Close' : 'Edit';
  return (
    <Button
      variant="default"
      size="xs"
      aria-expanded={isOpen}
      aria-label={`${verb} ${what}`}
      onClick={({ currentTarget }) =>
        isOpen ? leaveBy(onClick, currentTarget.closest('section') ?? undefined) : onClick()
      }
    >
      {verb}
    </Button>
  );
}
