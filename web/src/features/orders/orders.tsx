import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type * as output from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Text } from '@mantine/core';
import { countWords } from '../../format/words/count-words.ts';
import { InBatches } from '../../ui/lists/in-batches.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotices, type Reading } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { useLate } from '../../ui/notices/use-late.ts';
import type { Steady } from '../../ui/notices/use-steady.ts';
import { useShownAccount } from '../../ui/shown-connection/shown-connection.ts';
import { useNow } from '../../ui/values/use-now.ts';
import { useOrderCancelling } from './cancel-order.tsx';
import { listOrders } from './order-list.ts';
import { OrderRow } from './order-row.tsx';

const AT_ONCE = 20;

interface OrdersProps {
  connection: Connection;
  stories: Steady<Intent[]>;
  live: Steady<output.Orders>;
  /** What the page says above to have failed; null: nothing. */
  told: unknown;
  /** What the page shows below. */
  others: readonly Reading[];
}

/** Everything that was ordered, whoever did, each with its story to open and, while it may fill, the way to cancel it. */
export function Orders({ connection, stories, live, told, others }: OrdersProps) {
  const now = useNow();
  const cancelling = useOrderCancelling(connection);
  const accountId = useShownAccount().accountId ?? live.data?.account_id;
  const arrival = useArrival(live);
  const own =
    stories.data?.filter(({ order }) => accountId === undefined || order.accountId === accountId) ?? [];
  const isNothingToShow = stories.data === undefined || own.length === 0;
  if (!stories.isFetched || arrival === 'coming' || (arrival === 'late' && isNothingToShow)) {
    return <TableSkeleton rows={6} />;
  }
  const listed = live.data === undefined ? [] : rowsOf(live.data.orders);
  const orders = listOrders(own, listed, now, { addsBelow: arrival !== 'in_time' });
  return (
    <>
      {cancelling.told}
      <FailureNotices of={[stories, live]} told={told} others={others} />
      {live.data?.unread !== undefined && <Unread {...live.data.unread} />}
      {orders.length === 0 && stories.isSuccess && live.isSuccess && (
        <Text size="sm" c="dimmed">
          IBKR has no open order for this account, none ended today, and no app has asked for one.
        </Text>
      )}
      <InBatches name="orders" items={orders} size={AT_ONCE}>
        {(shown) =>
          shown.map((order) => (
            <OrderRow key={order.id} order={order} now={now} action={cancelling.buttonFor(order.live)} />
          ))
        }
      </InBatches>
      {arrival === 'late' && (
        <>
          <Text size="sm" mt="sm" mb="xs">
            This is what the gateway knows. What IBKR says of it, and orders placed elsewhere, are still to
            come.
          </Text>
          <TableSkeleton rows={2} />
        </>
      )}
      {cancelling.question}
    </>
  );
}

type Arrival = 'coming' | 'late' | 'came_late' | 'in_time';

/**
 * IBKR's own list takes seconds where nobody has asked lately. What the gateway knows waits a little for it, so that
 * both are drawn as one; what comes later pushes nothing down.
 */
function useArrival(live: Steady<output.Orders>): Arrival {
  // IBKR that does not answer holds up nothing for long.
  const isComing = !live.isFetched && live.failureCount === 0;
  const isLate = useLate(isComing);
  if (isComing) return isLate ? 'late' : 'coming';
  return isLate ? 'came_late' : 'in_time';
}

function Unread({ count, reason }: NonNullable<output.Orders['unread']>) {
  return (
    <Notice tone="caution" title={`${countWords(count, 'order')} of IBKR’s list could not be read`}>
      <Text size="sm">{reason}</Text>
    </Notice>
  );
}
