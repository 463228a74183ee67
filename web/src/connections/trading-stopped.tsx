import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Connection } from '../api/answers.ts';
import type { useChangeConnection } from '../api/connection-changes.ts';
import { Confirmation } from '../components/confirmation.tsx';
import { Notice } from '../components/notice.tsx';
import { clockTime } from '../orders/numbers.ts';
import { counted } from './counted.ts';

interface TradingStoppedProps {
  connection: Connection;
  /** Outlives what is shown here, to tell how it went. */
  change: ReturnType<typeof useChangeConnection>;
}

/** Says that trading is stopped, and lets it on again after one confirmation. */
export function TradingStopped({ connection, change }: TradingStoppedProps) {
  const { label, limits, panic } = connection;
  const [isAsking, { open, close }] = useDisclosure();
  const action = `Resume trading on ${label}`;
  const resume = () => {
    const { trading: _, ...others } = limits;
    change.mutate({ limits: others }, { onSuccess: close });
  };
  return (
    <Notice
      tone="caution"
      title={panic ? `Trading is stopped since ${clockTime(panic.since)}` : 'Trading is stopped'}
    >
      <Text size="sm">Every order on this connection is refused.</Text>
      {panic && <Text size="sm">{cancellationWords(panic)}</Text>}
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
        <Text>
          New orders are taken again, within your limits and after whoever has to say yes. Keys and apps that
          ended stay ended: make new ones where you need them.
        </Text>
      </Confirmation>
    </Notice>
  );
}

function cancellationWords({ retrying, remaining }: NonNullable<Connection['panic']>): string {
  if (!retrying) return 'No order of its accounts works any more.';
  if (remaining === null) return 'Its working orders are being looked for and cancelled, every minute.';
  return `${counted(remaining, 'order')} may still be working; the gateway tries to cancel every minute.`;
}
