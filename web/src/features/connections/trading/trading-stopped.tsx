import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { useChangeConnection } from '../../../api/connection-changes.ts';
import type { useStopTrading } from '../../../api/connections.ts';
import { clockTime } from '../../../format/numbers.ts';
import { countWords } from '../../../format/words/count-words.ts';
import { Confirmation } from '../../../ui/forms/confirmation.tsx';
import { Notice } from '../../../ui/notices/notice.tsx';
import { StopReport } from './stop-report.tsx';

interface TradingStoppedProps {
  connection: Connection;
  /** Of the stop that is in force, when it was pressed here. */
  stop: ReturnType<typeof useStopTrading> | undefined;
  /** Outlives what is shown here, to tell how it went. */
  change: ReturnType<typeof useChangeConnection>;
}

/** Says that trading is stopped, and lets it on again after one confirmation. */
export function TradingStopped({ connection, stop, change }: TradingStoppedProps) {
  const { label, panic, version } = connection;
  const [isAsking, { open, close }] = useDisclosure();
  const action = `Resume trading on ${label}`;
  const resume = () => {
    change.mutate({ version, limits: { trading: true } }, { onSuccess: close });
  };
  return (
    <Notice
      tone="caution"
      title={panic ? `Trading is stopped since ${clockTime(panic.since)}` : 'Trading is stopped'}
      takesFocus={stop !== undefined}
    >
      {panic ? (
        <StopReport panic={panic} report={stop?.data} isReportLost={stop?.lostAt !== undefined} />
      ) : (
        <Text size="sm">Every order on this connection is refused.</Text>
      )}
      <Button variant="default" size="xs" mt="sm" aria-label={action} onClick={open}>
        Resume trading
      </Button>
      <Confirmation
        opened={isAsking}
        onClose={close}
        title={`${action}?`}
        yes="Resume trading"
        no="Leave it stopped"
        onYes={resume}
        isPending={change.isPending}
        error={change.error}
      >
        {panic?.retrying && <Text>{leftWords(panic)}</Text>}
        <Text>
          New orders are accepted again, within your limits and with the approvals that you set. Keys and apps
          that ended stay ended: make new ones where you need them.
        </Text>
      </Confirmation>
    </Notice>
  );
}

function leftWords({ remaining }: NonNullable<Connection['panic']>): string {
  const orders = remaining === null ? 'Its orders' : countWords(remaining, 'order');
  return `${orders} may still be working. The gateway stops cancelling when trading resumes: see what is left under Orders.`;
}
