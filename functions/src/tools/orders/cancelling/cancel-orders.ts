import { z } from 'zod';
import { inWords } from '../../../connections/broker-words.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import { type CancelledOrder, cancelledOutput } from '../../../contract/tool-outputs/orders.ts';
import { accountModeOutput, unreadOutput } from '../../../contract/tool-outputs/parts.ts';
import { GatewayError } from '../../../errors.ts';
import { listIntents } from '../../../store/orders/order-intents.ts';
import { intendedOrder, intentSentence } from '../../../trading/domain/order.ts';
import { tradedLegs } from '../../../trading/domain/risk/pending-sales.ts';
import { accountForWrite } from '../../accounts/account-choice.ts';
import { hasRoom } from '../../answer-size.ts';
import { accountArgument, instrumentArguments } from '../../arguments.ts';
import { findInstrument } from '../../contracts/instrument.ts';
import { defineTool } from '../../tool.ts';
import { shownUnread } from '../../unread-output.ts';
import { orderIdIn, type ReferencedOrder } from '../arguments/order-reference.ts';
import { isOwn } from '../output/own-orders.ts';
import { describeListedOrder } from '../output/told-order.ts';
import { cancelReferencedOrder } from './cancel-referenced-order.ts';
import { listOwnOpenOrders } from './own-open-orders.ts';

/** Left of a call's time for the answer; a cancellation and the look after it take that long at most. */
const MARGIN_MS = 8_000;

export const cancelOrdersTool = defineTool({
  name: 'cancel_orders',
  title: 'Cancel several orders',
  description:
    'Cancels the open orders that this app placed in an account, exits included, and takes back those that wait: all of them, or those on one instrument. Answers for each what is known of it then, as cancel_order does. Orders of other apps and programs stay.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: z
    .strictObject({ ...instrumentArguments, ...accountArgument })
    .refine(
      ({ symbol, conid }) => symbol === undefined || conid === undefined,
      'give only one of symbol and conid',
    ),
  output: z.strictObject({
    account_id: z.string(),
    mode: accountModeOutput,
    orders: z.array(cancelledOutput),
    not_reached: z
      .number()
      .optional()
      .describe(
        'Orders for which the call had neither time nor room: the same call again goes on with them.',
      ),
    unread: unreadOutput,
  }),
  async run(args, context) {
    const { accountId } = await accountForWrite(context, args.account_id);
    context.orderAccountId = accountId;
    const isAny = args.symbol === undefined && args.conid === undefined;
    const conid = isAny ? null : (await findInstrument(context, args)).conid;
    const waiting = await listUnsentOrders(context, accountId, conid);
    const { own, unread } = await listOwnOpenOrders(context, accountId, conid);
    // What waits is taken back first: nothing of it can come to IBKR then.
    const { orders, notReached } = await cancelEach(context, [...waiting, ...own]);
    return {
      account_id: accountId,
      mode: context.connection.mode,
      orders,
      ...(notReached > 0 && { not_reached: notReached }),
      ...shownUnread(unread.map((row) => ({ ...row, id: row.orderId }))),
    };
  },
});

/** This app's orders that wait, are being sent, or whose outcome is not known. */
async function listUnsentOrders(
  context: ToolContext,
  accountId: string,
  conid: number | null,
): Promise<ReferencedOrder[]> {
  const { db, connection } = context;
  const open = await listIntents(db, connection.id, [
    'awaiting_approval',
    'needs_reply',
    'sending',
    'unknown',
  ]);
  return open
    .filter((intent) => {
      const { accountId: of, ticket } = intendedOrder(intent);
      const isOn = conid === null || tradedLegs(ticket).some((leg) => leg.conid === conid);
      return isOwn(context, intent) && of === accountId && isOn;
    })
    .map((intent) => ({ accountId, orderId: orderIdIn(intent), intent, isByOrderId: false, listed: null }));
}

/** What keeps one order from being cancelled does not keep the others. */
async function cancelEach(context: ToolContext, meant: readonly ReferencedOrder[]) {
  const orders: CancelledOrder[] = [];
  for (const [index, one] of meant.entries()) {
    const isTime = Date.now() + MARGIN_MS <= context.ibkr.deadline;
    if (!isTime || !hasRoom(orders, context)) return { orders, notReached: meant.length - index };
    orders.push(await cancelOne(context, one));
  }
  return { orders, notReached: 0 };
}

async function cancelOne(context: ToolContext, meant: ReferencedOrder): Promise<CancelledOrder> {
  const { orderId, intent, listed } = meant;
  const order =
    listed === null
      ? intent === null
        ? ''
        : intentSentence(intent)
      : await describeListedOrder(context, listed);
  try {
    const { state, outcome, message, order_id } = await cancelReferencedOrder(context, meant);
    return { order_id, intent_id: intent?.id ?? null, order, state, outcome, message };
  } catch (caught) {
    const failure = inWords(caught);
    if (!(failure instanceof GatewayError)) throw failure;
    const message = `${failure.message} ${failure.hint}`;
    return {
      order_id: orderId,
      intent_id: intent?.id ?? null,
      order,
      state: 'unknown',
      outcome: 'unconfirmed',
      message,
    };
  }
}
