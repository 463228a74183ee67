import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stat.module.css';

interface StatProps {
  name: string;
  /** Larger, for the one number that matters most. */
  prominent?: boolean;
  /** Undefined while it is on its way. */
  children: ReactNode | undefined;
}

/** A number and what it is, in a `dl`. Keeps its place while the number is on its way. */
export function Stat({ name, prominent = false, children }: StatProps) {
  return (
    <div className={classes.stat} data-prominent={prominent || undefined}>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <dd className={classes.value}>{children ?? <Skeleton className={classes.pending ?? ''} />}</dd>
    </div>
  );
}
