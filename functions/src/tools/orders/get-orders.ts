import { z } from 'zod';
import { getLiveOrders } from '../../broker/orders/orders.ts';
import type { OrderState } from '../../contract/order-states.ts';
import { ordersOutput } from '../../contract/tool-outputs/orders.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { accountArgument, code } from '../arguments.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { openIntents } from './output/open-intents.ts';
import { shownOrders } from './output/order-output.ts';

const STATES_OF_FILTER: Record<'OPEN' | 'FILLED' | 'CANCELLED', readonly OrderState[]> = {
  OPEN: ['pending', 'working', 'unknown'],
  FILLED: ['filled'],
  CANCELLED: ['cancelled', 'inactive'],
};

export const getOrdersTool = defineTool({
  name: 'get_orders',
  title: 'Orders',
  description:
    'Orders of an account that are open, or were filled or cancelled today; and the orders of this connection that wait for a yes or for an answer to IBKR’s question, or whose fate is not known yet.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    status: code(['ALL', 'OPEN', 'FILLED', 'CANCELLED'])
      .default('ALL')
      .describe('OPEN: pending, working or waiting. CANCELLED: cancelled or refused. Default ALL.'),
    ...accountArgument,
  }),
  output: ordersOutput,
  async run({ status, account_id }, context) {
    const { accountId } = await accountForRead(context, account_id);
    const { orders: listed, unread } = await getLiveOrders(context.ibkr, accountId);
    const orders = await shownOrders(context, listed);
    const notRead = shownUnread(unread.map((row) => ({ ...row, id: row.orderId })));
    const answer = {
      account_id: accountId,
      mode: context.connection.mode,
      orders,
      waiting: [],
      unknown: [],
      ...notRead,
    };
    if (status === 'FILLED' || status === 'CANCELLED')
      return { ...answer, orders: orders.filter(inStates(status)) };
    const open = await openIntents(context, listed, account_id === undefined ? null : accountId);
    if (status === 'ALL') return { ...answer, ...open };
    return { ...answer, ...open, orders: orders.filter(inStates(status)) };
  },
});

function inStates(filter: keyof typeof STATES_OF_FILTER): (order: { state: OrderState }) => boolean {
  return ({ state }) => STATES_OF_FILTER[filter].includes(state);
}
