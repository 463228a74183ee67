import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type * as output from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { countWords } from '../../format/count-words.ts';
import { InBatches } from '../../ui/lists/in-batches.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotices, type Reading } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { useShownAccount } from '../../ui/shown-connection/shown-connection.ts';
import { useNow } from '../../ui/values/use-now.ts';
import { useOrderCancelling } from './cancel-order.tsx';
import { listOrders } from './order-list.ts';
import { OrderRow } from './order-row.tsx';

const AT_ONCE = 20;

interface OrdersProps {
  connection: Connection;
  stories: UseQueryResult<Intent[]>;
  live: UseQueryResult<output.Orders>;
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
  // What comes later would push down what is drawn by then; IBKR that does not answer holds up nothing for long.
  const isLiveComing = live.isPending && live.failureCount === 0;
  if (stories.isPending || isLiveComing) return <TableSkeleton rows={6} />;
  const own = stories.data?.filter(({ order }) => accountId === undefined || order.accountId === accountId);
  const orders = listOrders(own ?? [], live.data === undefined ? [] : rowsOf(live.data.orders), now);
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
      <Text size="sm" c="dimmed" mt="md">
        You cannot enter orders here, only approve and cancel what apps and keys ask for. To trade yourself,
        use IBKR’s own apps: those orders are listed above too.
      </Text>
      {cancelling.question}
    </>
  );
}

function Unread({ count, reason }: NonNullable<output.Orders['unread']>) {
  return (
    <Notice tone="caution" title={`${countWords(count, 'order')} of IBKR’s list could not be read`}>
      <Text size="sm">{reason}</Text>
    </Notice>
  );
}
