import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import type { LiveOrder, OrderCancellation } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useCancelOrder } from '../../api/orders.ts';
import { maskedAccount } from '../../format/numbers.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { Confirmation } from '../../ui/forms/confirmation.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { Notice } from '../../ui/notices/notice.tsx';
import { ModeBadge } from '../../ui/values/mode-badge.tsx';
import { isOpen, isStopping } from './order-standing.ts';

interface OrderCancelling {
  /** What became of the order that was cancelled last. */
  told: ReactNode;
  /** The way to cancel an order; nothing where there is nothing to cancel. */
  buttonFor: (order: LiveOrder | undefined) => ReactNode;
  /** Asked before anything is cancelled. */
  question: ReactNode;
}

/** To cancel orders of a list, one after one question each. */
export function useOrderCancelling({ id, label, mode }: Connection): OrderCancelling {
  const [asked, setAsked] = useState<LiveOrder>();
  const cancel = useCancelOrder(id);
  const confirm = () => {
    if (asked !== undefined) cancel.mutate(asked);
    setAsked(undefined);
  };
  return {
    told: (
      <Stack gap="sm" mb={cancel.isIdle ? 0 : 'sm'} role="status">
        {cancel.data && <Cancelled order={cancel.variables} cancellation={cancel.data} />}
        {cancel.error && <FailureNotice error={cancel.error} />}
      </Stack>
    ),
    buttonFor: (order) =>
      order !== undefined &&
      isOpen(order) &&
      !isStopping(order) && (
        <ActionButton
          variant="default"
          size="compact-sm"
          loading={cancel.isPending && cancel.variables.order_id === order.order_id}
          onClick={() => setAsked(order)}
          aria-label={`Cancel: ${order.order}`}
        >
          Cancel
        </ActionButton>
      ),
    question: (
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
              <ModeBadge mode={mode} />
              <Text size="sm">
                {label}, account {maskedAccount(asked.account_id)}
              </Text>
            </Group>
            <Text size="sm">What has filled by then stays filled.</Text>
          </>
        )}
      </Confirmation>
    ),
  };
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
