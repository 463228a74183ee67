import { Paper, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  tone: 'good' | 'bad' | 'caution' | 'neutral';
  title: string;
  /** `alert` when it appears in answer to what somebody did. */
  role?: 'alert' | 'status';
  /** When it appears: what was pressed for it may be gone, or far from it. */
  takesFocus?: boolean;
  children?: ReactNode;
}

/** Something to know before going on. Its words carry it: the colour at its side only helps to find it. */
export function Notice({ tone, title, role, takesFocus = false, children }: NoticeProps) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) notice.current?.focus();
  }, [takesFocus]);
  return (
    <Paper
      ref={notice}
      withBorder
      px="md"
      py="sm"
      className={classes.notice}
      data-tone={tone}
      role={role}
      tabIndex={takesFocus ? -1 : undefined}
    >
      <Text fw={700}>{title}</Text>
      {children}
    </Paper>
  );
}
