import { setTimeout as delay } from 'node:timers/promises';
import pTimeout from 'p-timeout';
import { z } from 'zod';
import { getOrderStatus } from '../../broker/orders/orders.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import type { OrderState } from '../../contract/orders/order-states.ts';
import { GatewayError } from '../../errors.ts';
import { findIntent } from '../../store/orders/order-intents.ts';
import { orderState } from '../../trading/domain/order-state.ts';
import { number } from '../arguments.ts';
import { defineTool, READS } from '../tool.ts';
import { orderReferenceInput } from './arguments/order-reference.ts';
import { type OrderStatus, orderStatusOutput, readOrderStatus } from './order-status.ts';

/** Shorter than hosts wait for an answer. */
const MOST_SECONDS = 25;
/** Between two looks at IBKR, which takes ten requests a second of a login. */
const BETWEEN_READS_MS = 1_000;
/** Between two looks at storage, each of which is paid for. */
const BETWEEN_STORAGE_READS_MS = 2_000;
/** Between two searches for an order whose answer was lost: IBKR lists orders once in five seconds. */
const BETWEEN_SEARCHES_MS = 5_000;
/** Calls that wait hold a place in the process; those of one connection above these are answered at once. */
const MOST_WAITS = 3;

/** How many calls of a connection wait in this process. */
const waits = new Map<string, number>();

const OVER: readonly OrderStatus['state'][] = ['filled', 'cancelled'] satisfies OrderState[];

export const waitForOrderTool = defineTool({
  name: 'wait_for_order',
  title: 'Wait for an order',
  description:
    'Waits until one order changes: is approved, fills further, is cancelled or refused; then answers as get_order_status. At once where the order is over.',
  scope: 'read',
  annotations: READS,
  input: orderReferenceInput({
    seconds: number(z.number().int().min(1).max(MOST_SECONDS)).default(MOST_SECONDS),
  }),
  output: orderStatusOutput.extend({
    changed: z.boolean().describe('false: it stands as it did when the call began.'),
  }),
  budgetMs: (MOST_SECONDS + 1) * 1_000,
  async run({ seconds, ...reference }, context) {
    const until = Date.now() + seconds * 1_000;
    const read = () => readKnown(reference, context);
    const first = await read();
    const isOver = first instanceof GatewayError ? false : OVER.includes(first.state);
    const changed = isOver
      ? null
      : await inTurn(context.connection.id, () => readChange(first, read, context, until));
    if (changed !== null) return { ...changed, changed: true };
    if (first instanceof GatewayError) throw first;
    return { ...first, changed: false };
  },
});

/** How the order stands, or that it is not known whether IBKR has it. */
async function readKnown(
  ...reference: Parameters<typeof readOrderStatus>
): Promise<OrderStatus | GatewayError> {
  try {
    return await readOrderStatus(...reference);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'order_state_unknown') return error;
    throw error;
  }
}

/** What `wait` comes to; null, at once, where too many calls of the connection wait already. */
async function inTurn<Found>(connectionId: string, wait: () => Promise<Found>): Promise<Found | null> {
  const others = waits.get(connectionId) ?? 0;
  if (others >= MOST_WAITS) return null;
  waits.set(connectionId, others + 1);
  try {
    return await wait();
  } finally {
    const left = (waits.get(connectionId) ?? 1) - 1;
    if (left > 0) waits.set(connectionId, left);
    else waits.delete(connectionId);
  }
}

/** How the order stands once it is no longer as it was; null if it still is at the end of the time. */
async function readChange(
  first: OrderStatus | GatewayError,
  read: () => Promise<OrderStatus | GatewayError>,
  context: ToolContext,
  until: number,
): Promise<OrderStatus | null> {
  const look = async () => {
    if (!(await mayHaveChanged(first, context))) return null;
    const status = await read();
    return status instanceof GatewayError || !isChanged(first, status) ? null : status;
  };
  const pause = pauseFor(first);
  while (Date.now() + pause < until) {
    await delay(pause);
    const milliseconds = Math.max(1, until - Date.now());
    const status = await pTimeout(look(), { milliseconds, fallback: () => null });
    if (status !== null) return status;
  }
  return null;
}

function pauseFor(first: OrderStatus | GatewayError): number {
  if (first instanceof GatewayError) return BETWEEN_SEARCHES_MS;
  return isAtIbkr(first) ? BETWEEN_READS_MS : BETWEEN_STORAGE_READS_MS;
}

/** One cheap look: at IBKR's word on the order alone, or on both of a pair, or at what waits here. */
async function mayHaveChanged(first: OrderStatus | GatewayError, context: ToolContext): Promise<boolean> {
  if (first instanceof GatewayError) return true;
  const { state, order_id: orderId, oca_order_id: other, intent_id: intentId, account_id: accountId } = first;
  if (!isAtIbkr(first) || orderId === null) {
    const intent = await findIntent(context.db, context.connection.id, intentId ?? '');
    // What is being sent is told of when it is known what came of it.
    return intent?.state !== state && intent?.state !== 'sending';
  }
  const read = (id: string) => getOrderStatus(context.ibkr, accountId, id).catch(() => null);
  const [order, ofPair] = await Promise.all([read(orderId), other === undefined ? null : read(other)]);
  return (
    order === null ||
    orderState(order.status) !== state ||
    order.filledQuantity + (ofPair?.filledQuantity ?? 0) !==
      (first.pair_filled_quantity ?? first.filled_quantity)
  );
}

/** Of a change that waits for a yes, IBKR knows the order and nothing of the change. */
function isAtIbkr({ state, order_id: orderId }: OrderStatus): boolean {
  return orderId !== null && state !== 'awaiting_approval' && state !== 'needs_reply';
}

function isChanged(before: OrderStatus | GatewayError, after: OrderStatus): boolean {
  return (
    before instanceof GatewayError ||
    before.state !== after.state ||
    before.order_id !== after.order_id ||
    before.filled_quantity !== after.filled_quantity
  );
}
