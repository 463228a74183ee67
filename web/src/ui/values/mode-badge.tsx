import { Badge } from '@mantine/core';

/** Whether it is about real money. Told apart by words and form, not by colour alone. */
export function ModeBadge({ mode }: { mode: 'paper' | 'live' }) {
  return mode === 'live' ? (
    <Badge size="lg" color="red.9" variant="filled" radius="sm">
      Live · real money
    </Badge>
  ) : (
    <Badge size="lg" variant="default" radius="xl" tt="none">
      Paper · no real money
    </Badge>
  );
}
