import { randomUUID } from 'node:crypto';
import type { AccountBook } from '../accounts/account-book.ts';
import { moneyText, wholeText } from '../accounts/account-summary.ts';
import { fromMicros, roundQuantity } from '../accounts/money.ts';
import { BASE_CURRENCY, openingMargin, valueAccount } from '../accounts/valuation.ts';
import { type Answer, badRequest, failureAnswer, ok, Refusal, serviceUnavailable } from '../http/answer.ts';
import { objectBody } from '../http/json-body.ts';
import type { BrokerageCall, Route } from '../http/router.ts';
import type { OrderDraft, PendingReply, Question } from '../session/session-state.ts';
import {
  comboMargin,
  commissionOf,
  conidexOf,
  instrumentOfOrder,
  lastOf,
  legsOf,
  pointValueOfOrder,
} from './combos.ts';
import { isOpen, type Order, type OrderTerms } from './order.ts';
import { findParent, placeDrafts } from './order-placing.ts';
import { questionsAbout } from './order-questions.ts';
import { checkOperator, readTicket, rejection } from './order-ticket.ts';

const DAY_MS = 86_400_000;
/** A question not answered within this time is void. */
const REPLY_WITHIN_MS = 60_000;

function accountOf({ session, simulation, params }: BrokerageCall): AccountBook {
  const account = simulation.accountOf(session, params.accountId);
  if (!account) throw badRequest(`accountId is not valid: ${params.accountId}`);
  return account;
}

function readTickets({ body, market, now }: BrokerageCall): OrderDraft[] {
  const { orders } = objectBody(body);
  if (!Array.isArray(orders) || orders.length === 0) throw badRequest('orders is required');
  return orders.map((ticket) => readTicket(ticket, market, now));
}

/** The accounts that the order of a path is for: one, or all of an advisor's group. */
function receivers({ session, simulation, params }: BrokerageCall): AccountBook[] {
  const accounts = simulation.accountsOf(session, params.accountId ?? '');
  if (accounts.length === 0) throw badRequest(`accountId is not valid: ${params.accountId}`);
  return accounts;
}

function place(call: BrokerageCall): Answer {
  const accounts = receivers(call);
  voidReplies(call);
  const drafts = readTickets(call);
  const isGroup = drafts.every(
    (draft) => draft.isSingleGroup || draft.parentCOID !== undefined || isParent(draft, drafts),
  );
  if (drafts.length > 1 && !isGroup)
    throw failureAnswer(500, 'several orders must be one bracket or one group');
  const shares = accounts.map((account, i) => ({ account, drafts: shareOf(drafts, i, accounts.length) }));
  const all = shares.flatMap(({ account, drafts: own }) => own.map((draft) => ({ account, draft, own })));
  for (const { account, draft, own } of all) check(call, account, draft, own);
  const questions = uniqueQuestions(all.flatMap(({ account, draft }) => ask(call, account, draft.terms)));
  return proceed(call, { accountId: call.params.accountId ?? '', drafts, questions, askedAt: call.now });
}

/** The part of an order that one of so many accounts gets: equal ones, the first takes what is left over. */
function shareOf(drafts: readonly OrderDraft[], index: number, accounts: number): OrderDraft[] {
  return drafts.flatMap(({ terms, ...draft }) => {
    const each = accounts === 1 ? terms.quantity : Math.floor(terms.quantity / accounts);
    const quantity = index === 0 ? roundQuantity(terms.quantity - each * (accounts - 1)) : each;
    return quantity === 0 ? [] : [{ ...draft, terms: { ...terms, quantity } }];
  });
}

function isParent({ terms }: OrderDraft, drafts: readonly OrderDraft[]): boolean {
  return terms.cOID !== undefined && drafts.some((draft) => draft.parentCOID === terms.cOID);
}

/** @throws {Refusal} when the order is refused without asking. */
function check(
  call: BrokerageCall,
  account: AccountBook,
  draft: OrderDraft,
  drafts: readonly OrderDraft[],
): void {
  const { cOID } = draft.terms;
  const isRepeated = drafts.some((other) => other !== draft && other.terms.cOID === cOID);
  if (cOID !== undefined && (isRepeated || isRegistered(call, account, cOID))) {
    throw rejection(`Order couldn't be submitted: Local order ID=${cOID} is already registered`);
  }
  if (draft.parentCOID !== undefined) {
    const isSibling = drafts.some((other) => other.terms.cOID === draft.parentCOID);
    const parent = findParent(account, draft.parentCOID);
    if (!isSibling && (!parent || parent.status === 'Cancelled'))
      throw rejection(`Parent order ${draft.parentCOID} is not found`);
    return;
  }
  const shortfall = fundsShortfall(call, account, draft.terms, 0);
  if (shortfall) throw rejection(shortfall);
}

/** A client order id is taken for 24 hours. */
function isRegistered({ now }: BrokerageCall, account: AccountBook, cOID: string): boolean {
  for (const order of account.orders.values()) {
    if (order.terms.cOID === cOID && now - order.createdAt < DAY_MS) return true;
  }
  return false;
}

/** Why the account cannot pay for the order; undefined when it can. */
function fundsShortfall(
  { market, now }: BrokerageCall,
  account: AccountBook,
  terms: OrderTerms,
  alreadyFilled: number,
): string | undefined {
  const instrument = instrumentOfOrder(terms);
  if (!instrument) return undefined;
  const held = account.quantityOf(terms.conid);
  const reducing = terms.side === 'BUY' ? Math.max(0, -held) : Math.max(0, held);
  const opening = Math.max(0, terms.quantity - alreadyFilled - reducing);
  const price = terms.limitPrice ?? terms.stopPrice ?? lastOf(terms, market, now);
  const rate = market.rate(instrument.currency, BASE_CURRENCY, now);
  const required = terms.legs
    ? comboMargin(terms, opening, market, now) * rate
    : openingMargin(instrument, opening * price * pointValueOfOrder(terms) * rate, terms.side === 'SELL');
  const { availableFunds } = valueAccount(account, market, now);
  if (required <= availableFunds) return undefined;
  return `Order rejected: the available funds of ${moneyText(availableFunds)} do not cover the initial margin of ${moneyText(required)}.`;
}

function ask(
  { simulation, market, brokerage, now }: BrokerageCall,
  account: AccountBook,
  terms: OrderTerms,
): Question[] {
  const hasMarketData = simulation.settings.marketData === 'realtime';
  const questions = questionsAbout(terms, account, market, now, hasMarketData);
  return questions.filter(({ id }) => !brokerage.suppressed.has(id));
}

function uniqueQuestions(questions: readonly Question[]): Question[] {
  return [...new Map(questions.map((question) => [question.id, question])).values()];
}

/** Asks the next question, or sends the orders when none is left. */
function proceed(call: BrokerageCall, pending: PendingReply): Answer {
  const { brokerage, now } = call;
  const questions = [...(brokerage.orderedQuestion ? [brokerage.orderedQuestion] : []), ...pending.questions];
  brokerage.orderedQuestion = undefined;
  const [question] = questions;
  if (!question) return submit(call, pending);
  const id = randomUUID();
  brokerage.replies.set(id, { ...pending, questions, askedAt: now });
  return ok([
    {
      id,
      message: [question.text],
      isSuppressed: false,
      messageIds: [question.id],
      messageOptions: ['Yes', 'No'],
      ...question.form,
    },
  ]);
}

function submit(call: BrokerageCall, { accountId, drafts, orderId }: PendingReply): Answer {
  const accounts = call.simulation.accountsOf(call.session, accountId);
  if (accounts.length === 0) throw serviceUnavailable();
  if (orderId !== undefined) {
    const [draft] = drafts;
    const order = accounts[0]?.orders.get(orderId);
    if (!draft || !order) throw serviceUnavailable();
    requireOpen(order);
    call.simulation.matching.modify(order, draft.terms);
    call.brokerage.knownOrders.add(order.id);
    return ok([acknowledgement(order)]);
  }
  for (const { terms } of drafts) {
    if (terms.cOID === undefined) continue;
    if (accounts.some((account) => isRegistered(call, account, terms.cOID ?? ''))) {
      throw rejection(`Order couldn't be submitted: Local order ID=${terms.cOID} is already registered`);
    }
  }
  const { matching, plans } = call.simulation;
  const changes = () => plans.take(call.session.key, call.now);
  const placed = accounts.flatMap((account, i) =>
    placeDrafts(matching, account, shareOf(drafts, i, accounts.length), { changes }),
  );
  for (const { id } of placed) call.brokerage.knownOrders.add(id);
  return ok(placed.map(acknowledgement));
}

/** Only says that the order was taken in, not what became of it. */
function acknowledgement(order: Order): Record<string, string> {
  return {
    order_id: String(order.id),
    ...(order.terms.cOID === undefined ? {} : { local_order_id: order.terms.cOID }),
    ...(order.parentId === undefined ? {} : { parent_order_id: String(order.parentId) }),
    order_status: order.status === 'Submitted' ? 'Submitted' : 'PreSubmitted',
    encrypt_message: '1',
  };
}

/** A question can be answered only until the next order call. */
function voidReplies({ brokerage }: BrokerageCall): void {
  for (const id of brokerage.replies.keys()) brokerage.staleReplies.add(id);
  brokerage.replies.clear();
}

function reply(call: BrokerageCall): Answer {
  const { brokerage, params, body, now } = call;
  const id = params.replyId ?? '';
  if (brokerage.staleReplies.has(id)) throw serviceUnavailable();
  const pending = brokerage.replies.get(id);
  if (!pending) return ok({ error: `reply id not found: '${id}'` });
  brokerage.replies.delete(id);
  brokerage.staleReplies.add(id);
  if (now - pending.askedAt > REPLY_WITHIN_MS) throw serviceUnavailable();
  // The blank at the end is IBKR's.
  if (objectBody(body).confirmed !== true) return ok({ error: 'Order not confirmed ' });
  return proceed(call, { ...pending, questions: pending.questions.slice(1) });
}

function openOrder(call: BrokerageCall, account: AccountBook): Order {
  const order = account.orders.get(Number(call.params.orderId));
  if (!order)
    throw new Refusal({ status: 400, body: { error: `OrderID ${call.params.orderId} doesn't exist` } });
  requireOpen(order);
  return order;
}

function requireOpen(order: Order): void {
  if (!isOpen(order)) throw new Refusal({ status: 400, body: { error: 'Order is inactive' } });
}

/** Takes a bare ticket that repeats what does not change. */
function modify(call: BrokerageCall): Answer {
  const account = accountOf(call);
  const order = openOrder(call, account);
  voidReplies(call);
  const ticket = objectBody(call.body);
  if ('orders' in ticket) throw badRequest('the body of a modification is one order');
  for (const field of ['side', 'orderType', 'tif', 'quantity']) {
    if (ticket[field] === undefined) throw badRequest(`${field} is required`);
  }
  const draft = readTicket(ticket, call.market, call.now);
  if (draft.terms.side !== order.terms.side || conidexOf(draft.terms) !== conidexOf(order.terms)) {
    throw rejection('The side and the contract of an order cannot be changed.');
  }
  if (draft.terms.quantity <= order.filled)
    throw rejection('The quantity is not above what is already filled.');
  const shortfall = fundsShortfall(call, account, draft.terms, order.filled);
  if (shortfall) throw rejection(shortfall);
  const { cOID } = order.terms;
  const terms = { ...draft.terms, ...(cOID === undefined ? {} : { cOID }) };
  const questions = ask(call, account, terms);
  const changed = { ...draft, terms };
  return proceed(call, {
    accountId: account.id,
    drafts: [changed],
    questions,
    orderId: order.id,
    askedAt: call.now,
  });
}

/** Acknowledges a request to cancel; the order ends a moment later, unless it fills first. */
function cancel(call: BrokerageCall): Answer {
  const account = accountOf(call);
  voidReplies(call);
  const isAll = call.params.orderId === '-1';
  const orders = isAll ? [...account.orders.values()].filter(isOpen) : [openOrder(call, account)];
  for (const { terms } of orders) {
    if (instrumentOfOrder(terms)?.future)
      checkOperator(call.query.get('manualIndicator'), call.query.get('extOperator'));
  }
  for (const order of orders) call.simulation.matching.cancel(order);
  return ok({
    msg: 'Request was submitted',
    order_id: Number(call.params.orderId),
    conid: -1,
    account: null,
  });
}

/** Previews the first ticket; nothing is ordered. It ends open questions as every order call does. */
function preview(call: BrokerageCall): Answer {
  const account = accountOf(call);
  voidReplies(call);
  const { market, now } = call;
  const [draft] = readTickets(call);
  const instrument = draft && instrumentOfOrder(draft.terms);
  if (!draft || !instrument) throw badRequest('conid is not valid');
  const { terms } = draft;
  const price = terms.limitPrice ?? terms.stopPrice ?? lastOf(terms, market, now);
  const amount = price * terms.quantity * pointValueOfOrder(terms);
  const legs = legsOf(terms).map(({ instrument: leg, ratio }) => ({
    instrument: leg,
    ratio: Math.abs(ratio),
    price: terms.legs ? market.last(leg, now) : price,
  }));
  const commission = fromMicros(commissionOf(legs, terms.quantity));
  const value = valueAccount(account, market, now);
  const rate = market.rate(instrument.currency, BASE_CURRENCY, now);
  const margin = terms.legs
    ? comboMargin(terms, terms.quantity, market, now) * rate
    : openingMargin(instrument, amount * rate, terms.side === 'SELL');
  const held = account.quantityOf(instrument.conid);
  const signed = terms.side === 'BUY' ? terms.quantity : -terms.quantity;
  const marginChange = held !== 0 && Math.sign(held) !== Math.sign(signed) ? -margin : margin;
  const change = (current: number, difference: number) => ({
    current: wholeText(current),
    change: wholeText(difference),
    after: wholeText(current + difference),
  });
  const [warning] = ask(call, account, terms);
  return ok({
    amount: {
      amount: `${amountText(amount)} ${instrument.currency} (${terms.quantity} ${pointValueOfOrder(terms) > 1 ? 'Contracts' : 'Shares'})`,
      commission: `${amountText(commission)} ${instrument.currency}`,
      total: `${amountText(amount + commission)} ${instrument.currency}`,
    },
    equity: change(value.netLiquidation, -commission * rate),
    initial: change(value.initialMargin, marginChange),
    maintenance: change(value.maintenanceMargin, marginChange),
    position: change(held, signed),
    warn: warning ? `21/${warning.text}` : null,
    error: fundsShortfall(call, account, terms, 0) ?? null,
  });
}

function amountText(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

function dismissNotification(): Answer {
  return ok('Request was submitted');
}

export const orderRoutes: readonly Route[] = [
  { method: 'POST', path: '/iserver/account/:accountId/orders', needs: 'accounts', handle: place },
  { method: 'POST', path: '/iserver/account/:accountId/orders/whatif', needs: 'accounts', handle: preview },
  { method: 'POST', path: '/iserver/account/:accountId/order/:orderId', needs: 'accounts', handle: modify },
  { method: 'DELETE', path: '/iserver/account/:accountId/order/:orderId', needs: 'accounts', handle: cancel },
  { method: 'POST', path: '/iserver/reply/:replyId', needs: 'accounts', handle: reply },
  { method: 'POST', path: '/iserver/notification', needs: 'accounts', handle: dismissNotification },
];
