import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { Intent } from '@ibkr-gateway/functions/contract/intent';
import { rowsOf } from '@ibkr-gateway/functions/contract/table';
import type {
  LiveOrder,
  OrderCancellation,
  Orders,
} from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useCancelOrder } from '../../api/orders.ts';
import { clockTime, maskedAccount, number } from '../../format/numbers.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { InBatches } from '../../ui/lists/in-batches.tsx';
import { TableSkeleton } from '../../ui/lists/table-skeleton.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { ModeBadge } from '../../ui/values/mode-badge.tsx';
import { isOpen, isStopping, stateWords } from './live-order-words.ts';
import classes from './live-orders.module.css';

const AT_ONCE = 20;

interface LiveOrdersProps {
  connection: Connection;
  orders: UseQueryResult<Pick<Orders, 'orders'>>;
  /** Those that were asked for over this gateway: once they are over, their own list tells of them. */
  told: readonly Intent[];
}

/** The orders that IBKR has, open ones first, each with the way to cancel it. */
export function LiveOrders({ connection, orders, told }: LiveOrdersProps) {
  const [asked, setAsked] = useState<LiveOrder>();
  const cancel = useCancelOrder(connection.id);
  const { data, error, refetch } = orders;
  if (data === undefined) {
    return error === null ? <TableSkeleton rows={3} /> : <FailureNotice error={error} onRetry={refetch} />;
  }
  const toldIds = new Set(told.map(({ ibkrOrderId }) => ibkrOrderId));
  const rows = rowsOf(data.orders).filter((order) => isOpen(order) || !toldIds.has(order.order_id));
  const confirm = () => {
    if (asked !== undefined) cancel.mutate(asked);
    setAsked(undefined);
  };
  return (
    <>
      <Stack gap="sm" mb={cancel.isIdle ? 0 : 'sm'} role="status">
        {cancel.data && <Cancelled order={cancel.variables} cancellation={cancel.data} />}
        {cancel.error && <FailureNotice error={cancel.error} />}
      </Stack>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          IBKR has no open order of this account, and none from elsewhere that ended today.
        </Text>
      ) : (
        <InBatches items={rows.toSorted(byOpenness)} size={AT_ONCE}>
          {(shown) => (
            <Table aria-label="Orders at IBKR" className={classes.orders}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Order</Table.Th>
                  <Table.Th scope="col" visibleFrom="sm">
                    Filled
                  </Table.Th>
                  <Table.Th scope="col" visibleFrom="sm">
                    Last fill
                  </Table.Th>
                  <Table.Th scope="col">State</Table.Th>
                  <Table.Th scope="col">
                    <VisuallyHidden>Cancel</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map((order) => (
                  <Row
                    key={order.order_id}
                    order={order}
                    isPending={cancel.isPending && cancel.variables.order_id === order.order_id}
                    onCancel={() => setAsked(order)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          )}
        </InBatches>
      )}
      <Confirmation
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title="Cancel this order?"
        yes="Cancel the order"
        no="Keep it"
        onYes={confirm}
        isDestructive
      >
        {asked && (
          <>
            <Text size="sm" fw={600}>
              {asked.order}
            </Text>
            <Group gap="sm">
              <ModeBadge mode={connection.mode} />
              <Text size="sm">
                {connection.label}, account {maskedAccount(asked.account_id)}
              </Text>
            </Group>
            <Text size="sm">What has filled by then stays filled.</Text>
          </>
        )}
      </Confirmation>
    </>
  );
}

function byOpenness(a: LiveOrder, b: LiveOrder): number {
  return Number(isOpen(b)) - Number(isOpen(a));
}

interface RowProps {
  order: LiveOrder;
  isPending: boolean;
  onCancel: () => void;
}

function Row({ order, isPending, onCancel }: RowProps) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{order.order}</Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {number(order.filled_quantity)} of {number(order.quantity)}
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {order.last_execution_time === null ? '–' : clockTime(order.last_execution_time)}
      </Table.Td>
      <Table.Td>{stateWords(order)}</Table.Td>
      <Table.Td>
        {isOpen(order) && !isStopping(order) && (
          <ActionButton
            variant="default"
            size="compact-sm"
            loading={isPending}
            onClick={onCancel}
            aria-label={`Cancel: ${order.order}`}
          >
            Cancel
          </ActionButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Cancelled({ order, cancellation }: { order: LiveOrder; cancellation: OrderCancellation }) {
  const what = order.order;
  switch (cancellation.outcome) {
    case 'cancelled':
      return <Notice tone="good" title={`Cancelled: ${what}`} takesFocus />;
    case 'filled':
      return <Notice tone="caution" title={`Filled before it could be cancelled: ${what}`} takesFocus />;
    case 'requested':
      return (
        <Notice tone="caution" title={`Not cancelled yet: ${what}`} takesFocus>
          <Text size="sm">IBKR has the request to cancel it. It may still fill; this page follows it.</Text>
        </Notice>
      );
    default:
      return (
        <Notice tone="caution" title={`Perhaps not cancelled: ${what}`} takesFocus>
          <Text size="sm">
            No clear answer came, so IBKR may not have the request. If it still works in a moment, cancel it
            again.
          </Text>
        </Notice>
      );
  }
}
