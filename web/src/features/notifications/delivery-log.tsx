import type { Delivery } from '@ibkr-gateway/functions/contract/news/channels';
import { Stack, Table, Text } from '@mantine/core';
import { useDeliveries, useReplay } from '../../api/notifications/channels.ts';
import { NEWS_TYPE_WORDS } from '../../format/news-types.ts';
import { dateAndTime } from '../../format/numbers.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { OlderItems } from '../../ui/lists/older-items.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';

/** What was sent through a channel, and what became of it. */
export function DeliveryLog({ channelId }: { channelId: string }) {
  const deliveries = useDeliveries(channelId);
  const replay = useReplay(channelId);
  const { data, error, refetch } = deliveries;
  if (data === undefined) {
    return error === null ? (
      <TableSkeleton rows={3} rowHeight={40} />
    ) : (
      <FailureNotice error={error} onRetry={refetch} />
    );
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <Text size="sm">Nothing was sent to it yet.</Text>;
  return (
    <Stack gap="sm">
      {replay.error !== null && <FailureNotice error={replay.error} />}
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th>What became of it</Table.Th>
              <Table.Th>Again</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((delivery) => (
              <Table.Tr key={delivery.id}>
                <Table.Td>{dateAndTime(delivery.createdAt)}</Table.Td>
                <Table.Td>
                  {new Map<string, string>(Object.entries(NEWS_TYPE_WORDS)).get(delivery.type) ??
                    delivery.type}
                </Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{outcomeWords(delivery)}</Table.Td>
                <Table.Td>
                  {delivery.state !== 'due' && (
                    <ActionButton
                      size="compact-xs"
                      variant="default"
                      loading={replay.isPending && replay.variables === delivery.id}
                      aria-label={`Send again ${delivery.newsId}`}
                      onClick={() => replay.mutate(delivery.id)}
                    >
                      Send again
                    </ActionButton>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <OlderItems name={`deliveries ${channelId}`} query={deliveries}>
        Show older ones
      </OlderItems>
    </Stack>
  );
}

function outcomeWords({ state, tries, attempts, dueAt }: Delivery): string {
  const [latest] = attempts;
  const why = latest?.error ?? '';
  if (state === 'delivered') return `Taken${tries > 1 ? ` at try ${tries}` : ''}`;
  if (state === 'failed') return `Given up${tries > 0 ? ` after ${tries} tries` : ''}. ${why}`;
  if (dueAt === null) return 'On its way';
  if (latest === undefined) {
    return Date.parse(dueAt) > Date.now() ? `Waits until ${dateAndTime(dueAt)}` : 'On its way';
  }
  return `Tried ${tries} times, next on ${dateAndTime(dueAt)}. ${why}`;
}
