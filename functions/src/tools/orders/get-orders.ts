import { z } from 'zod';
import { getLiveOrders } from '../../broker/orders/orders.ts';
import type { OrderState } from '../../contract/orders/order-states.ts';
import { tableOf } from '../../contract/table.ts';
import {
  type LiveOrder,
  type Orders,
  orderOutput,
  ordersOutput,
} from '../../contract/tool-outputs/orders.ts';
import { columnsOf } from '../../contract/tool-outputs/parts.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { cutList, cutTable, tableBudget } from '../answer-size.ts';
import { accountArgument, code, number } from '../arguments.ts';
import { listsSince, shownAsOf } from '../recent-lists.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { openIntents, readOpenIntents } from './output/open-intents.ts';
import { shownOrders } from './output/order-output.ts';

const COLUMNS = columnsOf(orderOutput);

const STATES_OF_FILTER: Record<'OPEN' | 'FILLED' | 'CANCELLED', readonly OrderState[]> = {
  OPEN: ['pending', 'working', 'unknown'],
  FILLED: ['filled'],
  CANCELLED: ['cancelled', 'inactive'],
};

export const getOrdersTool = defineTool({
  name: 'get_orders',
  title: 'Orders',
  description:
    'Orders of an account that are open, or were filled or cancelled today; and those of this connection that wait for approval or for an answer to IBKR’s question, or whose outcome is not known yet.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    status: code(['ALL', 'OPEN', 'FILLED', 'CANCELLED'])
      .default('ALL')
      .describe('OPEN: pending, working or waiting. CANCELLED: cancelled or refused.'),
    offset: number(z.number().int().min(0).max(10_000)).default(0).describe('How many to leave out.'),
    ...accountArgument,
  }),
  output: ordersOutput,
  async run({ status, offset, account_id }, context) {
    const calledAt = Date.now();
    const isOver = status === 'FILLED' || status === 'CANCELLED';
    const [{ accountId }, since, intents] = await Promise.all([
      accountForRead(context, account_id),
      listsSince(context),
      isOver ? [] : readOpenIntents(context),
    ]);
    const { orders: listed, unread, at } = await getLiveOrders(context.ibkr, accountId, { since });
    const orders = await shownOrders(context, listed);
    const open = await openIntents(context, intents, listed, account_id === undefined ? null : accountId);
    const asked = status === 'ALL' ? orders.toSorted(byOpenness) : orders.filter(inStates(status));
    return {
      account_id: accountId,
      mode: context.connection.mode,
      ...cutToSize({ orders: asked, ...open }, offset, tableBudget(context)),
      ...shownAsOf(at, calledAt),
      ...shownUnread(unread.map((row) => ({ ...row, id: row.orderId }))),
    };
  },
});

type Lists = Pick<Orders, 'waiting' | 'unknown'> & { orders: readonly LiveOrder[] };
type Cut = Pick<Orders, 'orders' | 'waiting' | 'unknown' | 'truncated' | 'rest'>;

/** What may still fill comes first: what is over is also among the executions. */
function byOpenness(one: LiveOrder, other: LiveOrder): number {
  return Number(inStates('OPEN')(other)) - Number(inStates('OPEN')(one));
}

/** What waits may take half of the answer, and the orders at IBKR the rest of it. */
function cutToSize(lists: Lists, offset: number, budget: number): Cut {
  const waiting = cutList(lists.waiting, budget / 2);
  const unknown = cutList(lists.unknown, budget / 2 - waiting.tokens);
  const asked = tableOf<LiveOrder>(COLUMNS, lists.orders.slice(offset));
  const { table: orders, left } = cutTable(asked, budget - waiting.tokens - unknown.tokens);
  const rest = [
    left === 0
      ? []
      : `${left} more orders are left out: offset: ${offset + orders.rows.length} goes on with them.`,
    waiting.left + unknown.left === 0
      ? []
      : `${waiting.left + unknown.left} more wait or are not known: they come up here as these are settled.`,
  ].flat();
  return {
    orders,
    waiting: waiting.shown,
    unknown: unknown.shown,
    ...(rest.length === 0 ? {} : { truncated: true, rest: rest.join(' ') }),
  };
}

function inStates(filter: keyof typeof STATES_OF_FILTER): (order: { state: OrderState }) => boolean {
  return ({ state }) => STATES_OF_FILTER[filter].includes(state);
}
