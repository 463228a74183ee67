import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useKept } from '../pages/kept.ts';
import classes from './opening-row.module.css';

interface OpeningRowProps {
  /** Of what it tells. */
  id: string;
  time: ReactNode;
  title: string;
  detail: string;
  /** How it ended, in a word. */
  badge: ReactNode;
  /** What can be done about it, beside the line. */
  action?: ReactNode;
  /** Made only while the row is open. */
  children: ReactNode;
}

/** A line of a list that opens to tell more. */
export function OpeningRow({ id, time, title, detail, badge, action, children }: OpeningRowProps) {
  const [isOpen, setIsOpen] = useKept(`open ${id}`, false);
  return (
    <div className={classes.row}>
      <details
        className={classes.line}
        open={isOpen}
        onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}
      >
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
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
