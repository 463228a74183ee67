import { Group, Stack } from '@mantine/core';
import type { Connection } from '../api/answers.ts';
import { useStopTrading } from '../api/connections.ts';
import { FailureNotice } from '../components/failure-notice.tsx';
import { StopReport } from './stop-report.tsx';
import { StopTrading } from './stop-trading.tsx';
import { TradingStopped } from './trading-stopped.tsx';

/** Stops trading on a connection, tells what that did, and lets it on again. */
export function TradingControl({ connection }: { connection: Connection }) {
  const stop = useStopTrading(connection.id);
  const isStopped = connection.limits.trading === false;
  return (
    <Stack gap="md" align="stretch">
      {stop.data && isStopped && <StopReport report={stop.data} />}
      {stop.error && <FailureNotice error={stop.error} />}
      {isStopped ? (
        <TradingStopped connection={connection} />
      ) : (
        <Group>
          <StopTrading connection={connection} stop={stop} />
        </Group>
      )}
    </Stack>
  );
}
