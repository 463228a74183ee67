import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  tone: 'good' | 'bad' | 'caution' | 'neutral';
  title: string;
  /** `alert` when it appears in answer to what somebody did. */
  role?: 'alert' | 'status';
  children?: ReactNode;
}

/** Something to know before going on. Its words carry it: the colour at its side only helps to find it. */
export function Notice({ tone, title, role, children }: NoticeProps) {
  return (
    <Paper withBorder px="md" py="sm" className={classes.notice} data-tone={tone} role={role}>
      <Text fw={700}>{title}</Text>
      {children}
    </Paper>
  );
}
