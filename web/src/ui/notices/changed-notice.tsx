import { Button, Stack } from '@mantine/core';
import type { MouseEventHandler, ReactNode } from 'react';
import { Notice } from './notice.tsx';

interface ChangedNoticeProps {
  /** What was changed. */
  children: ReactNode;
  /** It has been seen: the notice goes away. */
  onDismiss: MouseEventHandler<HTMLButtonElement> | undefined;
}

/** What somebody changed elsewhere while this page was open. */
export function ChangedNotice({ children, onDismiss }: ChangedNoticeProps) {
  return (
    <Notice role="alert" tone="caution" title="Changed elsewhere while this page was open">
      <Stack gap="xs" align="flex-start" mt="xs">
        {children}
        <Button variant="default" size="xs" onClick={onDismiss}>
          Dismiss
        </Button>
      </Stack>
    </Notice>
  );
}
