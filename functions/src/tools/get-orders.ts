import { z } from 'zod';
import { getLiveOrders } from '../ibkr/orders.ts';
import type { OrderState } from '../orders/order-state.ts';
import { accountForRead } from './account-choice.ts';
import { accountArgument, code } from './arguments.ts';
import { orderOutput, shownOrder } from './order-output.ts';
import { defineTool, READS } from './tool.ts';
import { shownUnread, unreadOutput } from './unread-output.ts';

const STATES_OF_FILTER: Record<'OPEN' | 'FILLED' | 'CANCELLED', readonly OrderState[]> = {
  OPEN: ['pending', 'working', 'unknown'],
  FILLED: ['filled'],
  CANCELLED: ['cancelled', 'inactive'],
};

export const getOrdersTool = defineTool({
  name: 'get_orders',
  title: 'Orders',
  description:
    'Orders of an account: those still open, and those that were filled or cancelled today. Older ones are not listed.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    status: code(['ALL', 'OPEN', 'FILLED', 'CANCELLED'])
      .default('ALL')
      .describe('OPEN: pending or working. CANCELLED: cancelled or refused. Default ALL.'),
    ...accountArgument,
  }),
  output: z.strictObject({ account_id: z.string(), orders: z.array(orderOutput), unread: unreadOutput }),
  async run(args, context) {
    const { accountId } = await accountForRead(context, args.account_id);
    const list = await getLiveOrders(context.ibkr, accountId);
    const orders = list.orders.map(shownOrder);
    const unread = shownUnread(list.unread.map((row) => ({ ...row, id: row.orderId })));
    if (args.status === 'ALL') return { account_id: accountId, orders, ...unread };
    const states = STATES_OF_FILTER[args.status];
    return { account_id: accountId, orders: orders.filter(({ state }) => states.includes(state)), ...unread };
  },
});
