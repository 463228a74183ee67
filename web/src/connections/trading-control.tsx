import { Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Connection } from '../api/answers.ts';
import { useChangeConnection } from '../api/connection-changes.ts';
import { useStopTrading } from '../api/connections.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Notice } from '../components/notice.tsx';
import { StopReport } from './stop-report.tsx';
import { StopTrading } from './stop-trading.tsx';
import { TradingStopped } from './trading-stopped.tsx';

interface TradingControlProps {
  connection: Connection;
  /** What the button stands beside, if anything. */
  children?: ReactNode;
}

/** Stops trading on a connection, tells what that did, and lets it on again. */
export function TradingControl({ connection, children }: TradingControlProps) {
  const stop = useStopTrading(connection.id);
  const resume = useChangeConnection(connection.id);
  const isStopped = connection.limits.trading === false;
  return (
    <Stack gap="md" align="stretch">
      <Group justify="space-between" align="flex-start" gap="sm">
        {children}
        {!isStopped && <StopTrading connection={connection} stop={stop} />}
      </Group>
      {stop.error && <FailureNotice error={stop.error} />}
      {stop.data && isStopped && <StopReport report={stop.data} />}
      {isStopped && <TradingStopped connection={connection} change={resume} />}
      {resume.isSuccess && !isStopped && <Notice tone="good" title="Trading is resumed" takesFocus />}
    </Stack>
  );
}
