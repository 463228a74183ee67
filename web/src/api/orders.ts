import type { Cancellation } from '@ibkr-gateway/functions/contract/orders/intent';
import type { LiveOrder, OrderCancellation } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { useQueryClient } from '@tanstack/react-query';
import { useApi } from './client/api-client.ts';
import { useChange } from './client/change.ts';
import { refreshOrderStories } from './intents.ts';
import { toolKey, useEarlyTool, useTool } from './tools.ts';

const LIVE_EVERY_MS = 30_000;

/** The orders that IBKR has: open ones, and those of today that are over. */
export function useLiveOrders(connectionId: string, accountId: string | undefined) {
  const args = accountId === undefined ? {} : { account_id: accountId };
  return useTool(connectionId, 'get_orders', args, { everyMs: LIVE_EVERY_MS });
}

/** Asks for those of the current account before there is anything to show them. */
export function useEarlyLiveOrders(connectionId: string): void {
  useEarlyTool(connectionId, 'get_orders', {});
}

/** Asks IBKR to cancel an order; answers what is known of it then. */
export function useCancelOrder(connectionId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useChange({
    mutationFn: async ({ order_id, account_id }: LiveOrder) => {
      const path = `/connections/${connectionId}/orders/${encodeURIComponent(order_id)}/cancel`;
      const body: Cancellation = { accountId: account_id };
      return (await api.post<{ result: OrderCancellation }>(path, body)).data.result;
    },
    // A refusal, too, tells that the order is not what it was.
    onSettled: () => {
      client.invalidateQueries({ queryKey: toolKey(connectionId, 'get_orders') });
      refreshOrderStories(client, connectionId);
    },
  });
}
