import { Skeleton, Stack } from '@mantine/core';

/** The outline of a table whose rows are on their way. */
export function TableSkeleton({ rows, rowHeight = 36 }: { rows: number; rowHeight?: number }) {
  return (
    <Stack gap={1} aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have nothing else, and never change places.
        <Skeleton key={row} h={rowHeight} radius={0} />
      ))}
    </Stack>
  );
}
