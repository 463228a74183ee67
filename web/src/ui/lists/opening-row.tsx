import { Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import classes from './opening-row.module.css';

interface OpeningRowProps {
  time: ReactNode;
  title: string;
  detail: string;
  /** How it ended, in a word. */
  badge: ReactNode;
  /** Made only while the row is open. */
  children: ReactNode;
}

/** A line of a list that opens to tell more. */
export function OpeningRow({ time, title, detail, badge, children }: OpeningRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className={classes.row} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary className={classes.summary}>
        <Text span size="sm" c="dimmed" className={classes.time}>
          {time}
        </Text>
        <span className={classes.words}>
          <Text span size="sm" fw={600}>
            {title}
          </Text>{' '}
          <Text span size="sm" c="dimmed">
            {detail}
          </Text>
        </span>
        <span className={classes.badge}>{badge}</span>
      </summary>
      {isOpen && <div className={classes.content}>{children}</div>}
    </details>
  );
}
