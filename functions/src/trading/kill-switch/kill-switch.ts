/**
 * The stop outside the chat: ends what waits, cancels what works, and goes on until nothing does. IBKR lists the orders
 * of one account in five seconds, so that a login with many accounts takes more than one run; each goes on where the
 * last one ended.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Firestore } from 'firebase-admin/firestore';
import { getAccounts } from '../../broker/accounts/accounts.ts';
import { type ListedOrder, listOrders, type OrderListing } from '../../broker/orders/listed-orders.ts';
import { futuresOperator } from '../../broker/orders/order-ticket.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import { inWords } from '../../connections/broker-words.ts';
import type { StopResult } from '../../contract/connection.ts';
import { GatewayError } from '../../errors.ts';
import { listIntents } from '../../store/orders/order-intents.ts';
import { notePanic, type StopNote, type StopProgress, takeOverPanic } from '../../store/orders/panics.ts';
import { tradingTransaction } from '../../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { WAITING_STATES } from '../domain/intent-states.ts';
import { intendedOrder } from '../domain/order.ts';
import { isBeingCancelled, isOpen, orderState } from '../domain/order-state.ts';
import { decline } from '../domain/transitions.ts';
import { askToCancel } from '../engine/cancel.ts';
import { orderIdsOf } from '../engine/context.ts';
import { followOrder } from '../engine/follow.ts';
import { rejectQuestion } from '../engine/send.ts';
import {
  type AccountLook,
  accountsToLookAt,
  beginLook,
  countLeft,
  endLook,
  nextAccount,
} from './progress.ts';

/** What one run of a stop did, and what it leaves. */
export interface PanicReport
  extends Pick<StopResult, 'cancelling' | 'failed' | 'unlisted' | 'remaining' | 'accountsLeft' | 'retrying'> {
  /** Orders that this run asked IBKR to cancel, by its ids. */
  asked: string[];
}

/** IBKR's limit on lists, the second that a selected account takes, and the cancellations after it. */
const LOOK_TAKES_MS = 8_000;
/** How long the orders that this service placed may take before the first list. */
const KNOWN_TAKE_MS = 8_000;
/** How long a look waits for cancelled orders to be over. */
const ENDS_WITHIN_MS = 3_000;

/**
 * Ends every order that waits for a yes, or for the answer to IBKR's question.
 * @returns how many there were, the questions that now need a no, and what kept others from being ended. While trading
 * is off, those are not sent either.
 */
export async function declineWaiting(
  db: Firestore,
  connectionId: string,
  by: string,
): Promise<{ declined: number; questions: string[]; failures: unknown[] }> {
  const waiting = await listIntents(db, connectionId, WAITING_STATES);
  const ends = await Promise.allSettled(
    waiting.map(({ id }) =>
      tradingTransaction(db, connectionId, id, (state) => decline(state, by, new Date())),
    ),
  );
  const failures = ends
    .flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    // It waits for nothing any more.
    .filter((reason) => !(reason instanceof GatewayError));
  const questions = waiting.flatMap(({ question }) => (question === null ? [] : [question.replyId]));
  return { declined: ends.filter(({ status }) => status === 'fulfilled').length, questions, failures };
}

/**
 * One run of a stop: asks IBKR to cancel the working orders of the login, account by account, and notes what is left.
 * Does nothing when the owner has let trading on again.
 * @param questions Of IBKR, about orders that are over here: they get a no first.
 */
export async function cancelAllOrders(
  db: Firestore,
  connectionId: string,
  ibkr: IbkrClient,
  questions: readonly string[] = [],
): Promise<PanicReport> {
  await Promise.all(questions.map((replyId) => rejectQuestion({ ibkr }, replyId)));
  const run = randomUUID();
  const progress = await takeOverPanic(db, connectionId, run);
  const report: PanicReport = {
    asked: [],
    cancelling: [],
    failed: [],
    unlisted: null,
    remaining: null,
    accountsLeft: null,
    retrying: progress !== null,
  };
  if (progress === null) return report;
  // Read first: what is being sent at this moment may be missing from the lists.
  const intents = (await listIntents(db, connectionId, ['sending', 'unknown', 'working'])).reverse();
  const known = intents.filter(({ state }) => state === 'working');
  if (progress.looks === 0) await cancelKnown(ibkr, known, report);
  const save = (note: StopNote) => notePanic(db, connectionId, run, note);
  await lookThroughAccounts(ibkr, { progress, intents, report, save });
  return report;
}

/**
 * The orders that this service knows to work, the newest first: they need no list, which is worth most where there are
 * many accounts. What goes wrong with one is left to the look at its account.
 */
async function cancelKnown(
  ibkr: IbkrClient,
  intents: readonly OrderIntent[],
  report: PanicReport,
): Promise<void> {
  const until = Date.now() + KNOWN_TAKE_MS;
  for (const intent of intents) {
    const accountId = accountOf(intent);
    if (accountId === null) continue;
    const { secType } = intendedOrder(intent).contract;
    for (const orderId of orderIdsOf(intent)) {
      if (Date.now() > until) return;
      const options = { futuresOperator: futuresOperator(accountId, secType) };
      const isAsked = await askToCancel(ibkr, accountId, orderId, options).catch(fallBackTo(false));
      if (!isAsked) continue;
      report.asked.push(orderId);
      noteCancelling(report, { orderId, accountId });
    }
  }
}

/** Null for an order that cannot be read. */
function accountOf(intent: OrderIntent): string | null {
  try {
    return intendedOrder(intent).accountId;
  } catch {
    return null;
  }
}

interface Run {
  progress: StopProgress;
  /** Of orders that work, and of those that are under way and that IBKR may not list yet; the newest first. */
  intents: readonly OrderIntent[];
  report: PanicReport;
  /** Answers false when this run is over. */
  save: (note: StopNote) => Promise<boolean>;
}

/** Looks at account after account while there is time for one more. */
async function lookThroughAccounts(
  ibkr: IbkrClient,
  { progress: before, intents, report, save }: Run,
): Promise<void> {
  const underWay = intents.filter(({ state }) => state !== 'working');
  const awaited = new Set(underWay.map(accountOf));
  const seen = new Map<string, number>();
  let progress = before;
  let login: Login | null = null;
  const note = (): StopNote => {
    Object.assign(report, remainderOf(progress, login, underWay.length));
    const { remaining, accountsLeft: left, retrying } = report;
    return { remaining, accountsLeft: left, retrying, progress };
  };
  try {
    login = await loginOf(ibkr, intents);
    if (login.unread > 0) report.unlisted = UNREADABLE_ACCOUNT;
    for (;;) {
      const account = nextAccount(progress, login.accounts, seen);
      if (account === undefined || Date.now() + LOOK_TAKES_MS > ibkr.deadline) break;
      seen.set(account, (seen.get(account) ?? 0) + 1);
      const isFirst = progress.accounts[account] === undefined;
      progress = beginLook(progress, account);
      if (!(await save(note()))) return;
      const look = await lookAt(ibkr, account, isFirst, report);
      if (look !== null) progress = endLook(progress, account, look, awaited.has(account));
    }
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    report.unlisted = unlistedWords(error);
  }
  await save(note());
}

/** @param login Null while its accounts are not known. */
function remainderOf(
  progress: StopProgress,
  login: Login | null,
  underWay: number,
): Pick<PanicReport, 'remaining' | 'accountsLeft' | 'retrying'> {
  if (login === null) return { remaining: null, accountsLeft: null, retrying: true };
  const { accounts, unread } = login;
  if (accountsToLookAt(progress, accounts).length + unread + underWay === 0) {
    return { remaining: 0, accountsLeft: 0, retrying: false };
  }
  const known = countLeft(progress, accounts);
  // None may be known to be left, and yet there may be one.
  const unlisted = known.accounts + unread;
  const remaining = unlisted > 0 ? null : known.orders + underWay || null;
  return { remaining, accountsLeft: unlisted, retrying: true };
}

interface Login {
  /** Those with the newest orders first. */
  accounts: string[];
  /** How many more it may have, whose names are not understood. */
  unread: number;
}

async function loginOf(ibkr: IbkrClient, intents: readonly OrderIntent[]): Promise<Login> {
  const list = await getAccounts(ibkr);
  const accounts = list.accounts.map(({ accountId }) => accountId);
  const newest = intents.map(accountOf).filter((account) => account !== null);
  const ordered = [...new Set([...newest, ...accounts])].filter((account) => accounts.includes(account));
  return { accounts: ordered, unread: list.unread.length };
}

const UNREADABLE_ACCOUNT =
  'IBKR names an account of this login in a form that this service does not understand. See IBKR’s own app.';
const UNREADABLE =
  'IBKR lists an order in a form that this service does not understand, without an id to cancel it by. See IBKR’s own app.';

/** Null when the account could not be listed, which keeps no other from being looked at. */
async function lookAt(
  ibkr: IbkrClient,
  accountId: string,
  isFirst: boolean,
  report: PanicReport,
): Promise<AccountLook | null> {
  try {
    const { orders, nameless, isCertain } = await listedInTurn(ibkr, accountId);
    const unread = nameless.filter(isOpen).length;
    if (unread > 0) report.unlisted = UNREADABLE;
    const working: ListedOrder[] = [];
    for (const order of orders) {
      const state = orderState(order.status);
      // Most inactive orders are refused ones, but some come to life again.
      const mayTrade = isOpen(order.status) || (state === 'inactive' && isFirst);
      if (mayTrade && (await cancelListed(ibkr, order, report)) && state !== 'inactive') working.push(order);
    }
    const own = working.filter((order) => order.accountId === accountId);
    const open = await countOpen(ibkr, own);
    return { isCertain, open: open + unread, sawWork: working.length + unread > 0 };
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError) || isOfLogin(error)) throw error;
    report.unlisted = unlistedWords(error);
    return null;
  }
}

/** While IBKR takes no requests nothing of a stop reaches it, which its owner has to know at once. */
function unlistedWords({ code, message, retryAfter }: GatewayError): string {
  if (code !== 'ibkr_rate_limited') return message;
  const until = retryAfter === undefined ? 'now' : `for ${retryAfter} seconds`;
  return `${message} It takes no requests from here ${until}: until then no order can be cancelled from here, and what works may fill. If it is urgent, cancel in IBKR’s own app.`;
}

/** Whether a failure is not of one account, so that the next one would fail in the same way. */
function isOfLogin({ code }: GatewayError): boolean {
  return code.startsWith('session_') || code === 'credentials_rejected' || code === 'ibkr_rate_limited';
}

/** Waits for a turn that other calls of the connection have taken, where there is time for that. */
async function listedInTurn(ibkr: IbkrClient, accountId: string): Promise<OrderListing> {
  for (;;) {
    try {
      return await listOrders(ibkr, accountId);
    } catch (caught) {
      const error = inWords(caught);
      const seconds = error instanceof GatewayError ? error.retryAfter : undefined;
      if (seconds === undefined || Date.now() + seconds * 1_000 + LOOK_TAKES_MS > ibkr.deadline) throw error;
      await delay(seconds * 1_000);
    }
  }
}

/** @returns whether the order may still be working. */
async function cancelListed(ibkr: IbkrClient, order: ListedOrder, report: PanicReport): Promise<boolean> {
  const { orderId, accountId, status, secType } = order;
  try {
    const options = { futuresOperator: futuresOperator(accountId, secType) };
    const wasAsked = isBeingCancelled(status);
    const isAsked = wasAsked || (await askToCancel(ibkr, accountId, orderId, options));
    if (isAsked && !wasAsked) report.asked.push(orderId);
    if (!isAsked && isOpen((await followOrder(ibkr, accountId, orderId)).status)) {
      report.failed.push({ orderId, accountId, reason: 'No answer came to the request to cancel it.' });
    } else {
      noteCancelling(report, { orderId, accountId });
    }
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    if (orderState(status) === 'inactive') return false;
    // Also what IBKR calls not cancellable: only the next list tells whether it is over.
    report.failed.push({ orderId, accountId, reason: error.message });
  }
  return true;
}

/** How many of the orders are not over after a moment: IBKR's turn for the next list is not there before anyway. */
async function countOpen(ibkr: IbkrClient, orders: readonly ListedOrder[]): Promise<number> {
  const until = Date.now() + ENDS_WITHIN_MS;
  let over = 0;
  for (const { accountId, orderId } of orders) {
    if (Date.now() > until) break;
    const order = await followOrder(ibkr, accountId, orderId).catch(fallBackTo(null));
    if (order !== null && !isOpen(order.status)) over += 1;
  }
  return orders.length - over;
}

function noteCancelling({ cancelling }: PanicReport, order: PanicReport['cancelling'][number]): void {
  if (!cancelling.some(({ orderId }) => orderId === order.orderId)) cancelling.push(order);
}

/** For `catch`: what IBKR fails with becomes `value`; faults of ours are thrown on. */
function fallBackTo<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (inWords(error) instanceof GatewayError) return value;
    throw error;
  };
}
