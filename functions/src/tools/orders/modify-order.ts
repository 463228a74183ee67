import type { z } from 'zod';
import type { Account } from '../../broker/accounts/accounts.ts';
import type { Contract } from '../../broker/contracts/contracts.ts';
import { requiresPrice } from '../../broker/order-types.ts';
import type { Order } from '../../broker/orders/order-answers.ts';
import { futuresOperator } from '../../broker/orders/order-ticket.ts';
import { findListed, readOrder } from '../../broker/orders/read-order.ts';
import { inWords } from '../../connections/broker-words.ts';
import { loginAccounts, type ToolContext } from '../../connections/call-context.ts';
import { GatewayError } from '../../errors.ts';
import { listIntentsOfOrders } from '../../store/orders/order-intents.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { isWaiting } from '../../trading/domain/intent-states.ts';
import {
  intendedOrder,
  intentSentence,
  type OrderedContract,
  type ProposedOrder,
} from '../../trading/domain/order.ts';
import { isOpen, orderState, progressWords } from '../../trading/domain/order-state.ts';
import { entryAmong, type OrderOrigin, originAmong } from '../../trading/engine/order-origin.ts';
import { refresh } from '../../trading/engine/reconcile.ts';
import { tradingContext } from '../../trading/engine/submit-context.ts';
import { findAccount } from '../accounts/account-choice.ts';
import { code, positiveAmount } from '../arguments.ts';
import { findInstrumentByConid } from '../contracts/instrument.ts';
import { defineTool } from '../tool.ts';
import { changeableType, goodTillDate, netPrice, trailing } from './arguments/order-arguments.ts';
import {
  findReferencedOrder,
  orderIdIn,
  orderReferenceInput,
  type ReferencedOrder,
} from './arguments/order-reference.ts';
import { legContracts, orderedCombo, orderedContract } from './arguments/ordered-contract.ts';
import { problemSentences, problemsWith, refusedArguments } from './arguments/propose-order.ts';
import { requestOrder } from './order-review.ts';
import { shownExits } from './output/exits-output.ts';
import { intentOutput, intentResult } from './output/intent-output.ts';

type Ticket = ProposedOrder['ticket'];

const CHANGES = {
  quantity: positiveAmount().optional().describe('The new quantity in all, what is filled included.'),
  limit_price: netPrice()
    .optional()
    .describe('For orders that have a limit price, in price_unit; of a combo, net.'),
  stop_price: positiveAmount().optional().describe('For orders that have a stop price.'),
  trailing_amount: trailing.trailing_amount.describe('Of a trailing stop, in price_unit.'),
  trailing_percent: trailing.trailing_percent.describe('Of a trailing stop, in percent.'),
  tif: code(['DAY', 'GTC', 'GTD']).optional().describe('GTD needs good_till_date.'),
  good_till_date: goodTillDate().optional(),
};
const CHANGE_NAMES = [
  'quantity',
  'limit_price',
  'stop_price',
  'trailing_amount',
  'trailing_percent',
  'tif',
  'good_till_date',
] as const;
type Changes = Partial<z.output<z.ZodObject<typeof CHANGES>>>;

export const modifyOrderTool = defineTool({
  name: 'modify_order',
  title: 'Change a working order',
  description:
    'Changes quantity, prices, trail or time in force of a working order, also of an exit or one of a pair; what is left out stays. Side, instrument and type cannot change: cancel and place a new one. Limits and approvals hold as for a new order.',
  scope: 'write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: orderReferenceInput(CHANGES).refine(
    (args) => CHANGE_NAMES.some((name) => args[name] !== undefined),
    'give what is to change: quantity, a price, a trail or tif',
  ),
  output: intentOutput,
  async run(args, context) {
    const named = await findReferencedOrder(context, args);
    if (!named.isByOrderId) assertOneOrder(named);
    const meant = await requireAtIbkr(context, named);
    const account = findAccount(await loginAccounts(context), meant.accountId);
    // The order is read last: it may fill at any moment.
    const intents =
      meant.intents ?? (await listIntentsOfOrders(context.db, context.connection.id, [meant.orderId]));
    const working = await readWorkingOrder(context, meant);
    const origin = originAmong(intents, working);
    const { contract, legs } = await contractOf(working, context);
    const ticket: Ticket = {
      ...applyChanges(working, args, origin?.terms ?? null),
      conid: contract.conid,
      legs: working.legs,
      futuresOperator: futuresOperator(account.accountId, (contract.legs?.[0] ?? contract).secType),
    };
    await checkChange(context, ticket, args, { contract, account, legs });
    const order: ProposedOrder = {
      accountId: account.accountId,
      contract,
      ticket,
      modifies: working.orderId,
      ...(isClose(origin) ? { closes: true as const } : {}),
      ...changesIn(args),
    };
    const wanted = { clientOrderId: null, duplicateMeant: false };
    const answer = await requestOrder(context, { order, account, changed: working }, wanted);
    if (args.quantity === undefined) return answer;
    // IBKR leaves exits as they are, which may then sell more than their entry buys, or less.
    return { ...answer, ...(await shownExits(context, entryAmong(intents, working.orderId))) };
  },
});

/** Whether it was placed to close a position; then it never comes to trade more than there is. */
function isClose(origin: OrderOrigin | null): boolean {
  if (origin === null || origin.placed === null || origin.exit !== null) return false;
  return intendedOrder(origin.placed).closes === true;
}

/** @throws {GatewayError} `invalid_arguments` where the name is of two orders. */
function assertOneOrder({ intent }: ReferencedOrder): void {
  if (intent === null || intent.ocaOrderId === null) return;
  throw new GatewayError(
    'invalid_arguments',
    `That is a pair of orders, ${intent.ibkrOrderId} and ${intent.ocaOrderId}.`,
    'Nothing was changed. Give the order_id of the one that is to change.',
    { details: { intent_id: intent.id } },
  );
}

type AtIbkr = ReferencedOrder & { orderId: string };

/**
 * The order once IBKR has it.
 * @throws {GatewayError} for one that waits, or that IBKR does not have.
 */
async function requireAtIbkr(context: ToolContext, meant: ReferencedOrder): Promise<AtIbkr> {
  if (meant.orderId !== null) return { ...meant, orderId: meant.orderId };
  const intent = meant.intent === null ? null : await refresh(tradingContext(context), meant.intent);
  const orderId = intent === null ? null : orderIdIn(intent);
  if (orderId !== null) return { ...meant, orderId };
  if (intent === null) throw new Error('An order without a name.');
  if (isWaiting(intent)) throw waitingError(intent);
  // Says why there is no such order, or that this is not known yet.
  intentResult(intent, context);
  throw waitingError(intent);
}

function waitingError(intent: OrderIntent): GatewayError {
  return new GatewayError(
    'order_not_cancellable',
    `The order ${intentSentence(intent)} waits and is not at IBKR, so that there is nothing yet to change.`,
    'Take it back with cancel_order and its intent_id, and place it as it shall be.',
    { details: { intent_id: intent.id, state: intent.state } },
  );
}

/**
 * The order as IBKR has it now.
 * @throws {GatewayError} when IBKR does not show it: nothing is changed unseen, since IBKR takes the whole order again.
 */
async function readWorkingOrder(
  { ibkr }: ToolContext,
  { accountId, orderId, intent, listed }: AtIbkr,
): Promise<Order> {
  try {
    if (listed !== null) return listed;
    const order = await readOrder(ibkr, accountId, orderId);
    if (intent !== null || order.outsideRth !== null) return order;
    // Of an order from elsewhere only the list tells whether it fills outside regular hours, and that has to stay.
    const { outsideRth = null } = (await findListed(ibkr, accountId, orderId)).order ?? {};
    return { ...order, outsideRth };
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error;
    if (intent === null) {
      throw new GatewayError(
        'not_found',
        `IBKR has no order ${orderId} in account ${accountId}, neither open nor of today.`,
        'get_orders lists them; of another account with its account_id.',
        { cause: error },
      );
    }
    throw new GatewayError(
      'order_not_cancellable',
      `Order ${orderId} (${intentSentence(intent)}) was placed, and IBKR does not list it any more. Nothing was changed.`,
      'Ask get_order_status what became of it.',
      { cause: error, details: { intent_id: intent.id, order_id: orderId } },
    );
  }
}

/** What a change is of beside quantity and prices. */
function changesIn(args: Changes): Pick<ProposedOrder, 'changes'> {
  const changes = [
    ...(args.tif === undefined ? [] : (['tif'] as const)),
    ...(args.good_till_date === undefined ? [] : (['endDate'] as const)),
    ...(args.trailing_amount === undefined && args.trailing_percent === undefined
      ? []
      : (['trail'] as const)),
  ];
  return changes.length === 0 ? {} : { changes };
}

/** A change is checked as the order that it makes. */
async function checkChange(
  context: ToolContext,
  ticket: Ticket,
  args: Changes,
  against: { contract: OrderedContract; account: Account; legs?: Contract[] | undefined },
): Promise<void> {
  const problems = await problemsWith(context, ticket, against);
  if (problems.length > 0) throw refusedArguments(problemSentences(problems, args));
}

async function contractOf(
  { conid, legs }: Order,
  context: ToolContext,
): Promise<{ contract: OrderedContract; legs?: Contract[] }> {
  if (legs === undefined) {
    return { contract: await orderedContract(context, await findInstrumentByConid(context, conid)) };
  }
  const contracts = await legContracts(context, legs);
  return { contract: await orderedCombo(context, contracts), legs: contracts };
}

/**
 * IBKR takes the whole order again, so what stays is repeated.
 * @param held As it was asked for through this service, if it was: IBKR does not tell everything of a working order.
 */
function applyChanges(working: Order, changes: Changes, held: Ticket | null): Ticket {
  const { orderId, status, quantity, filledQuantity, limitPrice, stopPrice } = working;
  if (!isOpen(status)) throw overError(working);
  const orderType = changeableType(working.orderType);
  const timeInForce = applyTimeInForce(working, changes, held);
  const trail = applyTrail(working, changes, held);
  if (orderType === null || timeInForce === null || trail === null) throw notRepeatableError(working);
  for (const [field, name, had] of [
    ['limit_price', 'limitPrice', limitPrice],
    ['stop_price', 'stopPrice', stopPrice],
  ] as const) {
    if (had !== null) continue;
    const isUnread = requiresPrice(orderType, name) && !orderType.startsWith('TRAIL');
    if (isUnread && changes[field] === undefined) throw unreadPriceError(working, field);
    if (isUnread || changes[field] === undefined) continue;
    throw new GatewayError(
      'invalid_arguments',
      `"${field}" is ${changes[field]}: order ${orderId} is a ${orderType} order and has none.`,
      'Leave it out, or cancel the order and place another one.',
    );
  }
  if (changes.quantity !== undefined && changes.quantity <= filledQuantity) {
    throw new GatewayError(
      'invalid_arguments',
      `"quantity" is ${changes.quantity}: ${filledQuantity} of ${quantity} have filled already.`,
      'Give the new quantity in all, or cancel the rest with cancel_order.',
    );
  }
  return {
    conid: working.conid,
    side: working.side,
    quantity: changes.quantity ?? quantity,
    orderType,
    ...timeInForce,
    limitPrice: changes.limit_price ?? limitPrice ?? undefined,
    stopPrice: changes.stop_price ?? trail.stopPrice,
    trailingAmount: trail.trailingAmount,
    trailingPercent: trail.trailingPercent,
    outsideRth: working.outsideRth ?? held?.outsideRth,
    exchange: held?.exchange,
  };
}

type Trail = Pick<Ticket, 'trailingAmount' | 'trailingPercent' | 'stopPrice'>;

/**
 * How far a trailing order follows, and where its stop stands; null where nobody knows the trail of one from elsewhere.
 * With another distance a trailing stop starts anew from the market, as a new one does.
 */
function applyTrail(
  { orderId, orderType, stopPrice: stop }: Order,
  { trailing_amount: amount, trailing_percent: percent }: Changes,
  held: Ticket | null,
): Trail | null {
  const stopPrice = stop ?? undefined;
  const isChanged = amount !== undefined || percent !== undefined;
  if (!orderType.startsWith('TRAIL')) {
    if (!isChanged) return { stopPrice };
    const field = amount === undefined ? 'trailing_percent' : 'trailing_amount';
    throw new GatewayError(
      'invalid_arguments',
      `"${field}" is ${amount ?? percent}: order ${orderId} is a ${orderType} order and does not trail.`,
      'Leave it out, or cancel the order and place a trailing one.',
    );
  }
  const restarts = orderType === 'TRAIL' ? {} : { stopPrice };
  if (isChanged) return { trailingAmount: amount, trailingPercent: percent, ...restarts };
  const { trailingAmount, trailingPercent } = held ?? {};
  if (trailingAmount === undefined && trailingPercent === undefined) return null;
  return { trailingAmount, trailingPercent, stopPrice };
}

/** IBKR does not tell everything of it that a repetition needs, such as the date of GTD; null if nobody knows. */
function applyTimeInForce(
  { tif }: Order,
  changes: Changes,
  held: Ticket | null,
): Pick<Ticket, 'tif' | 'goodTillDate'> | null {
  const { good_till_date: until } = changes;
  const isUntil =
    changes.tif === 'GTD' || (changes.tif === undefined && (until !== undefined || tif === 'GTD'));
  if (isUntil) {
    const goodTillDate = until ?? held?.goodTillDate;
    return goodTillDate === undefined && changes.tif === undefined ? null : { tif: 'GTD', goodTillDate };
  }
  if (changes.tif !== undefined) return { tif: changes.tif, goodTillDate: until };
  if (tif === 'DAY' || tif === 'GTC') return { tif };
  return held?.tif === tif ? { tif, goodTillDate: held.goodTillDate } : null;
}

function overError(order: Order): GatewayError {
  const { orderId, status, filledQuantity } = order;
  return new GatewayError(
    'order_not_cancellable',
    `Order ${orderId} cannot be changed: it is ${progressWords(order)}.`,
    'Nothing was changed. Only working orders can be changed; place another one if more is wanted.',
    { details: { order_id: orderId, state: orderState(status), filled_quantity: filledQuantity } },
  );
}

/** The order has such a price, and IBKR writes it in a form that could mean several numbers. */
function unreadPriceError({ orderId, orderType }: Order, field: 'limit_price' | 'stop_price'): GatewayError {
  return new GatewayError(
    'order_not_cancellable',
    `Order ${orderId} is a ${orderType} order, and IBKR does not tell its ${field} as a number: a change has to repeat it.`,
    `Nothing was changed. Give ${field} with the change, or cancel the order and place another one.`,
    { details: { order_id: orderId, field } },
  );
}

function notRepeatableError({ orderId, orderType, tif }: Order): GatewayError {
  return new GatewayError(
    'order_not_cancellable',
    `Order ${orderId} cannot be changed: it is a ${orderType} order, ${tif}, and IBKR does not tell all that a change has to repeat.`,
    'Nothing was changed. Give the trail or good_till_date with the change; or cancel it and place another one.',
  );
}
