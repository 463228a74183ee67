import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useKept } from '../pages/kept.ts';

interface InBatchesProps<Item> {
  /** What they are, in a word. */
  name: string;
  items: readonly Item[];
  /** How many are shown at first, and how many more each time. */
  size: number;
  /** What is shown of them. */
  children: (items: readonly Item[]) => ReactNode;
}

/** A list that may be long: its beginning, and a button for more. */
export function InBatches<Item>({ name, items, size, children }: InBatchesProps<Item>) {
  const [most, setMost] = useKept(`most ${name}`, size);
  if (items.length <= most) return children(items);
  return (
    <Stack gap="sm" align="flex-start">
      <Stack gap={0} w="100%">
        {children(items.slice(0, most))}
      </Stack>
      <Button variant="default" size="xs" onClick={() => setMost(most + size)}>
        Show {Math.min(size, items.length - most)} more
      </Button>
    </Stack>
  );
}
