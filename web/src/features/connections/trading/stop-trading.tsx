import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { List, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { useStopTrading } from '../../../api/connections.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { Confirmation } from '../../../ui/forms/confirmation.tsx';

/** Readable on the background of either scheme. */
const WARNING_RED = 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))';

interface StopTradingProps {
  connection: Connection;
  stop: ReturnType<typeof useStopTrading>;
}

/** The stop: one button, one confirmation. */
export function StopTrading({ connection, stop }: StopTradingProps) {
  const [isAsking, { open, close }] = useDisclosure();
  const action = `Stop trading on ${connection.label}`;
  const confirm = () => {
    close();
    stop.mutate();
  };
  return (
    <>
      <ActionButton
        variant="default"
        size="xs"
        c={WARNING_RED}
        aria-label={action}
        loading={stop.isPending}
        onClick={open}
      >
        Stop trading
      </ActionButton>
      <Confirmation
        opened={isAsking}
        onClose={close}
        title={`${action}?`}
        yes="Stop trading"
        no="Keep trading"
        onYes={confirm}
        isDestructive
      >
        <List>
          <List.Item>Every working order of its accounts is cancelled, yours included.</List.Item>
          <List.Item>New orders are refused, and orders that wait for you are declined.</List.Item>
          <List.Item>
            All its API keys and connected apps end at once: whatever uses them loses access.
          </List.Item>
        </List>
        <Text size="sm">Positions stay as they are. Keys and apps do not come back.</Text>
      </Confirmation>
    </>
  );
}
