import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from './api-client.ts';
import { refreshOrderStories } from './intents.ts';
import { toolKey, useTool } from './tools.ts';

const LIVE_EVERY_MS = 15_000;

/** An order as IBKR lists it. */
export interface LiveOrder {
  order_id: string;
  account_id: string;
  symbol: string;
  security_type: string;
  /** Of the prices. */
  currency: string | null;
  side: 'BUY' | 'SELL';
  order_type: string;
  quantity: number;
  filled_quantity: number;
  limit_price: number | null;
  stop_price: number | null;
  average_price: number | null;
  /** How far a trailing stop follows; null where IBKR does not tell. */
  trailing_amount: number | null;
  trailing_percent: number | null;
  tif: string;
  good_till_date: string | null;
  outside_rth: boolean | null;
  /** Of which kind, for an order that closes what another one opened. */
  exit: 'take_profit' | 'stop_loss' | null;
  state: 'pending' | 'working' | 'filled' | 'cancelled' | 'inactive' | 'unknown';
  /** IBKR's own word. */
  status: string;
}

/** What is known of an order after the request to cancel it. */
export interface Cancellation {
  outcome: 'cancelled' | 'filled' | 'requested' | 'unconfirmed' | 'withdrawn' | 'not_placed';
  message: string;
}

/** The orders that IBKR has: open ones, and those of today that are over. */
export function useLiveOrders(connectionId: string, accountId: string | undefined) {
  const args = accountId === undefined ? {} : { account_id: accountId };
  return useTool<{ orders: LiveOrder[] }>(connectionId, 'get_orders', args, { everyMs: LIVE_EVERY_MS });
}

/** Asks IBKR to cancel an order; answers what is known of it then. */
export function useCancelOrder(connectionId: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ order_id, account_id }: LiveOrder) => {
      const path = `/connections/${connectionId}/orders/${encodeURIComponent(order_id)}/cancel`;
      return (await api.post<{ result: Cancellation }>(path, { accountId: account_id })).data.result;
    },
    // A refusal, too, tells that the order is not what it was.
    onSettled: () => {
      client.invalidateQueries({ queryKey: toolKey(connectionId, 'get_orders') });
      refreshOrderStories(client, connectionId);
    },
  });
}
