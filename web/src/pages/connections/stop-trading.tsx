import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Connection, PanicReport } from '../../api/answers.ts';
import { useStopTrading } from '../../api/connections.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Notice } from '../../components/notice.tsx';

/** Readable on the background of either scheme. */
const WARNING_RED = 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))';

/** The stop: one button, one confirmation, then what it did. */
export function StopTrading({ connection }: { connection: Connection }) {
  const [isAsking, { open, close }] = useDisclosure();
  const stop = useStopTrading(connection.id);
  const confirm = () => {
    close();
    stop.mutate();
  };
  return (
    <Stack gap="md" align="stretch">
      {stop.data && <Report report={stop.data} />}
      {stop.error && <FailureNotice error={stop.error} />}
      <Group>
        <Button variant="default" c={WARNING_RED} loading={stop.isPending} onClick={open}>
          Stop trading
        </Button>
      </Group>
      <Modal
        opened={isAsking}
        onClose={close}
        withCloseButton={false}
        centered
        transitionProps={{ duration: 0 }}
      >
        <Stack gap="md">
          <Modal.Title fw={700} lh="md">
            Stop trading on {connection.label}?
          </Modal.Title>
          <List>
            <List.Item>Every working order of its accounts is cancelled, yours included.</List.Item>
            <List.Item>New orders are refused.</List.Item>
            <List.Item>All its API keys end at once, and programs that use them lose access.</List.Item>
          </List>
          <Text size="sm">Positions stay as they are. The keys do not come back.</Text>
          <Group grow>
            <Button size="md" variant="default" onClick={close}>
              Keep trading
            </Button>
            <Button size="md" color="red.9" onClick={confirm}>
              Stop trading
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

function Report({ report }: { report: PanicReport }) {
  const { revokedKeys, cancelling, failed, unlisted, retrying } = report;
  const isTrouble = failed.length > 0 || unlisted !== null;
  return (
    <Notice tone={isTrouble ? 'caution' : 'good'} title="What the stop did" role="alert">
      <List size="sm">
        <List.Item>New orders are refused. {counted(revokedKeys, 'API key')} ended.</List.Item>
        {unlisted === null ? (
          <List.Item>
            {cancelling.length === 0 && failed.length === 0
              ? 'There was no working order to cancel.'
              : `IBKR is cancelling ${counted(cancelling.length, 'order')}.`}
          </List.Item>
        ) : (
          <List.Item>The working orders could not be read: {unlisted}</List.Item>
        )}
        {failed.map(({ orderId, reason }) => (
          <List.Item key={orderId}>
            Order {orderId} could not be cancelled: {reason}
          </List.Item>
        ))}
      </List>
      {retrying && isTrouble && (
        <Text size="sm" mt="xs">
          The gateway goes on trying every minute until nothing is left. If it is urgent, cancel in IBKR’s own
          app.
        </Text>
      )}
    </Notice>
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
