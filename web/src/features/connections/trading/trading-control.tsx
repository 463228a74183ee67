import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useChangeConnection } from '../../../api/connection-changes.ts';
import { useStopTrading } from '../../../api/connections.ts';
import { FailureNotice } from '../../../ui/notices/failure-notice.tsx';
import { Notice } from '../../../ui/notices/notice.tsx';
import { StopTrading } from './stop-trading.tsx';
import { TradingStopped } from './trading-stopped.tsx';

interface TradingControlProps {
  connection: Connection;
  /** When it was read, in ms since 1970. */
  readAt: number;
  /** What the button is part of; it is null while trading is stopped. */
  heading?: (button: ReactNode) => ReactNode;
}

const alone = (button: ReactNode) => button && <Group>{button}</Group>;

/** Stops trading on a connection, tells what that did, and lets it on again. */
export function TradingControl({ connection, readAt, heading = alone }: TradingControlProps) {
  const stop = useStopTrading(connection.id);
  const resume = useChangeConnection(connection.id);
  const isStopped = connection.limits.trading === false;
  const isLatest = stop.submittedAt > resume.submittedAt;
  return (
    <Stack gap="md" align="stretch">
      {heading(isStopped ? null : <StopTrading connection={connection} stop={stop} />)}
      {stop.error && !(isStopped && stop.lostAt) && <NotStopped stop={stop} readAt={readAt} />}
      {isStopped && (
        <TradingStopped connection={connection} stop={isLatest ? stop : undefined} change={resume} />
      )}
      {resume.isSuccess && !isStopped && <Notice tone="good" title="Trading is resumed" takesFocus />}
    </Stack>
  );
}

/** A look after a lost answer tells that the stop has not arrived. */
function NotStopped({ stop, readAt }: { stop: ReturnType<typeof useStopTrading>; readAt: number }) {
  if (stop.lostAt === undefined || readAt <= stop.lostAt) return <FailureNotice error={stop.error} />;
  return (
    <Notice role="alert" tone="bad" title="The stop has not arrived">
      <Text size="sm">Trading is still on: stop it once more.</Text>
    </Notice>
  );
}
