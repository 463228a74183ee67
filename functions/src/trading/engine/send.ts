/**
 * Sends what an intent holds, once, and writes down what IBKR says. Whoever calls has the intent in state `sending`
 * from a transaction that nobody else can have won.
 */

import { setTimeout as delay } from 'node:timers/promises';
import {
  getOrderStatus,
  modifyOrder,
  type OrderOutcome,
  placeOcaPair,
  placeOrder,
  replyToQuestion,
} from '../../broker/orders/orders.ts';
import { readOrder } from '../../broker/orders/read-order.ts';
import type { Permit } from '../../broker/session/call-budget.ts';
import { inWords } from '../../connections/broker-words.ts';
import { ERRORS, GatewayError } from '../../errors.ts';
import { withDeadline } from '../../store/database/in-time.ts';
import type { SeenOrder } from '../../store/orders/trading-ledger.ts';
import { askAgain } from '../domain/idempotency.ts';
import type { OrderIntent, Warning } from '../domain/intent.ts';
import { isAnySending } from '../domain/ledger.ts';
import { intendedOrder, intentSentence, namedTickets } from '../domain/order.ts';
import { isOpen, progressWords } from '../domain/order-state.ts';
import type { OrderReport } from '../domain/reports.ts';
import { mergeReports, orderIdsOf, recordReport, reportOf, type TradingContext } from './context.ts';
import { followOrder } from './follow.ts';
import { assertMaySend, waitForTurn } from './queue.ts';
import { arrivesBy, glance, reconcile } from './reconcile.ts';

/** Questions in a row after which something is wrong; three is the most that was seen of IBKR. */
const QUESTIONS_AT_MOST = 20;
/** What may be written down of an order after its call's time at IBKR is over. */
const WRITING_TAKES_MS = 4_000;
/** A no is not waited for longer: without one a question lapses. */
const NO_TAKES_MS = 4_000;
/** An order that IBKR has taken is mostly read by then, and both are written down together. */
const READ_SOON_MS = 300;

/** Sends the order of an intent. */
export function send(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  const { accountId, ticket, modifies } = intendedOrder(intent);
  const [first, second] = namedTickets(intent);
  return attempt(trading, intent, (permit) => {
    if (modifies !== undefined) return modifyOrder(trading.ibkr, accountId, modifies, ticket, permit);
    return second === undefined
      ? placeOrder(trading.ibkr, accountId, first, permit)
      : placeOcaPair(trading.ibkr, accountId, [first, second], permit);
  });
}

/** Says yes to the question that IBKR asked about the order of an intent. */
export function reply(trading: TradingContext, intent: OrderIntent, replyId: string): Promise<OrderIntent> {
  return attempt(trading, intent, (permit) => acceptQuestion(trading, intent, replyId, permit), {
    isAsked: true,
  });
}

/** Says no to a question, as far as IBKR can be reached. Without an answer it lapses by itself. */
export async function rejectQuestion({ ibkr }: Pick<TradingContext, 'ibkr'>, replyId: string): Promise<void> {
  const said = replyToQuestion(ibkr, replyId, false).catch((error: unknown) => {
    if (!(inWords(error) instanceof GatewayError)) throw error;
  });
  await Promise.race([said, delay(NO_TAKES_MS, undefined, { ref: false })]);
}

async function acceptQuestion(
  trading: TradingContext,
  intent: OrderIntent,
  replyId: string,
  permit: Permit,
): Promise<OrderOutcome> {
  // By the tickets, answers about an order with exits or a pair are told apart.
  const sent = intendedOrder(intent).modifies === undefined ? namedTickets(intent) : [];
  try {
    return await replyToQuestion(trading.ibkr, replyId, true, sent, permit);
  } catch (caught) {
    const error = inWords(caught);
    // The yes never left, so that the question is still there.
    if (isUnsent(error)) await rejectQuestion(trading, replyId);
    throw error;
  }
}

async function attempt(
  trading: TradingContext,
  intent: OrderIntent,
  act: (permit: Permit) => Promise<OrderOutcome>,
  question = { isAsked: false },
): Promise<OrderIntent> {
  try {
    const left = Math.max(0, trading.ibkr.deadline - Date.now());
    return await withDeadline(sendInTurn(trading, intent, act, question), undefined, left + WRITING_TAKES_MS);
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) throw error;
    // After its deadline nothing of a call leaves, whatever goes on of it.
    if (!trading.ibkr.hasSentChange && !question.isAsked) throw notSentError(intent, error);
    throw outcomeNotStoredError(intent, error);
  }
}

function notSentError(intent: OrderIntent, cause: unknown): GatewayError {
  const { accountId } = intendedOrder(intent);
  return new GatewayError(
    'not_placed',
    `The gateway failed before it sent the order ${intentSentence(intent)}. Nothing was sent to IBKR.`,
    'Call get_order_status with the intent_id in a minute or two. Once that says not_placed, place it again if it is still wanted.',
    { cause, details: { intent_id: intent.id, state: intent.state, account_id: accountId } },
  );
}

/** It may be at IBKR, whatever failed here: nobody must take that for an order that can be placed again. */
function outcomeNotStoredError(intent: OrderIntent, cause: unknown): GatewayError {
  const { accountId } = intendedOrder(intent);
  return new GatewayError(
    'order_state_unknown',
    `The gateway failed while it sent the order ${intentSentence(intent)}, and it is not known yet whether IBKR has it.`,
    'Do not place it again. Call get_order_status with the intent_id in a minute or two: that finds out.',
    { cause, details: { intent_id: intent.id, state: 'unknown', account_id: accountId } },
  );
}

async function sendInTurn(
  trading: TradingContext,
  intent: OrderIntent,
  act: (permit: Permit) => Promise<OrderOutcome>,
  { isAsked }: { isAsked: boolean },
): Promise<OrderIntent> {
  const accepted: Warning[] = [];
  let leftWith: SeenOrder | null = null;
  const permit = async () => {
    leftWith = await assertMaySend(trading, intent);
  };
  let isAbsent = isAsked;
  try {
    await waitForTurn(trading, intent);
    let outcome = await act(permit);
    for (let asked = 0; outcome.kind === 'question' && asked < QUESTIONS_AT_MOST; asked++) {
      if (!isAccepted(trading, outcome)) break;
      isAbsent = true;
      accepted.push(...warningsOf(outcome));
      outcome = await acceptQuestion(trading, intent, outcome.replyId, permit);
    }
    return await record(trading, intent, outcome, accepted, leftWith);
  } catch (caught) {
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    if (!isUnsent(error)) {
      const isTimeout = error.cause instanceof GatewayError && error.cause.code === 'ibkr_timeout';
      return lookUp(trading, intent, { note: error.message, acceptedWarnings: accepted }, isTimeout);
    }
    const { code, message } = error;
    const ended = await recordReport(trading, intent.id, {
      state: 'not_placed',
      note: code,
      reason: message,
      isAbsent,
    });
    throw unsentError(ended, error);
  }
}

/**
 * The failure, told of the order that was not sent because of it. Where nothing at all reached IBKR the same call may
 * be made again, as the failure says; a question that was not answered is gone, and with it the order.
 */
function unsentError(intent: OrderIntent, error: GatewayError): GatewayError {
  const { modifies } = intendedOrder(intent);
  const what = modifies === undefined ? 'The order was not placed' : `Order ${modifies} was not changed`;
  const message = `${what}: ${error.message}`;
  const details = { ...error.details, intent_id: intent.id, state: 'not_placed' };
  if (intent.absentSince !== null && ERRORS[error.code].retryable) {
    return new GatewayError('not_placed', message, askAgain(intent), { cause: error, details });
  }
  return new GatewayError(error.code, message, error.hint, {
    cause: error,
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    details,
  });
}

/** @param leftWith What was known of the intent right before it left. */
async function record(
  trading: TradingContext,
  intent: OrderIntent,
  outcome: OrderOutcome,
  acceptedWarnings: Warning[],
  leftWith: SeenOrder | null,
): Promise<OrderIntent> {
  switch (outcome.kind) {
    case 'accepted': {
      const taken = { ...reportOfAcknowledged(outcome, intent), acceptedWarnings };
      const isFollowed = leftWith !== null && isAnySending(leftWith.ledger, new Date(), intent.id);
      const reading = readReport(trading, withIds(intent, taken));
      const soon = await Promise.race([
        reading.catch(() => 'late' as const),
        delay(isFollowed ? 0 : READ_SOON_MS, 'late' as const, { ref: false }),
      ]);
      // Other orders have changed the ledger since.
      const seen = isFollowed ? null : leftWith;
      // Written down soon, at once where others wait for it, whom that lets go out.
      if (soon !== 'late') return recordReport(trading, intent.id, taken, soon, seen);
      const recorded = await recordReport(trading, intent.id, taken, null, seen);
      const late = await reading;
      return late === null ? recorded : recordReport(trading, intent.id, late);
    }
    case 'question': {
      const question = { replyId: outcome.replyId, warnings: warningsOf(outcome) };
      const note = `IBKR asks ${question.warnings.map(({ id }) => id ?? 'something').join(', ')}`;
      return recordReport(trading, intent.id, { state: 'needs_reply', note, question, acceptedWarnings });
    }
    case 'rejected': {
      // After a yes IBKR may have taken it, whatever its answer to the last one says.
      const isAbsent = outcome.afterYes === true;
      const seen = isAbsent ? await glance(trading, intent) : intent;
      if (seen.state !== intent.state) return seen;
      return recordReport(trading, intent.id, {
        state: 'rejected',
        note: 'IBKR refused it',
        ...(await refusalOf(trading, intent, outcome.reason)),
        acceptedWarnings,
        isAbsent,
      });
    }
    case 'expired': {
      const reason = 'IBKR’s question had lapsed before the approval reached it.';
      return lookUp(trading, intent, { note: outcome.kind, reason, acceptedWarnings });
    }
    default:
      // An answer that says neither yes nor no: only a look at IBKR's orders can tell.
      return lookUp(trading, intent, { note: outcome.kind, acceptedWarnings });
  }
}

/** Why IBKR refused an order, or a change: of the order that it was for, which may be over by then, how far it came. */
async function refusalOf(
  { ibkr }: TradingContext,
  intent: OrderIntent,
  reason: string,
): Promise<Pick<OrderReport, 'reason' | 'ibkrStatus'>> {
  const { accountId, modifies } = intendedOrder(intent);
  if (modifies === undefined) return { reason };
  try {
    const order = await readOrder(ibkr, accountId, modifies);
    const { status: ibkrStatus } = order;
    if (isOpen(ibkrStatus)) return { reason, ibkrStatus };
    return { reason: `${reason.replace(/\.?$/, '.')} It is ${progressWords(order)}.`, ibkrStatus };
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return { reason };
    throw error;
  }
}

/** Whether a failure means that the order, or the answer to the question, never reached IBKR. */
function isUnsent(error: unknown): boolean {
  return error instanceof GatewayError && error.code !== 'order_state_unknown';
}

async function lookUp(
  trading: TradingContext,
  intent: OrderIntent,
  report: Omit<OrderReport, 'state'>,
  isTimeout = false,
): Promise<OrderIntent> {
  // The session may have taken long to open before the order left, and IBKR's question may be an old one.
  const sentAt = new Date(trading.ibkr.lastSentAt);
  const lost = { state: 'unknown', sentAt, arrivesBy: arrivesBy(sentAt, isTimeout), ...report } as const;
  return reconcile(trading, await recordReport(trading, intent.id, lost));
}

function reportOfAcknowledged(
  { orderId, status, others, refusals }: Extract<OrderOutcome, { kind: 'accepted' }>,
  intent: OrderIntent,
): OrderReport {
  const isPair = namedTickets(intent).length > 1;
  const [other] = isPair ? others : [];
  const exits = others.filter(({ parentOrderId }) => parentOrderId !== null);
  return {
    state: 'working',
    ibkrOrderId: orderId,
    ...(other === undefined ? {} : { ocaOrderId: other.orderId }),
    exitOrderIds: exits.map((exit) => exit.orderId),
    notTaken: refusals,
    ibkrStatus: status,
    note: [`IBKR took it: ${status}`, ...refusals].join('; '),
  };
}

/** An intent as it will be once a report of it is written down, as far as IBKR's ids go. */
function withIds(intent: OrderIntent, report: OrderReport): OrderIntent {
  const ibkrOrderId = intent.ibkrOrderId ?? report.ibkrOrderId ?? null;
  return { ...intent, ibkrOrderId, ocaOrderId: intent.ocaOrderId ?? report.ocaOrderId ?? null };
}

/** Null if it cannot be read just now, which must not look as though the order had failed. */
async function readReport({ ibkr }: TradingContext, intent: OrderIntent): Promise<OrderReport | null> {
  const { accountId } = intendedOrder(intent);
  const fillsAtOnce = namedTickets(intent).some(({ orderType }) => orderType === 'MKT');
  const read = fillsAtOnce ? followOrder : getOrderStatus;
  try {
    return mergeReports(
      await Promise.all(orderIdsOf(intent).map(async (id) => reportOf(await read(ibkr, accountId, id)))),
    );
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

type Question = Extract<OrderOutcome, { kind: 'question' }>;

/** Whether the owner accepts beforehand all that is asked: what has no id of its own is not known, and waits. */
function isAccepted({ acceptedWarnings }: TradingContext, { messages, messageIds }: Question): boolean {
  return (
    messageIds.length > 0 &&
    messageIds.length === messages.length &&
    messageIds.every((id) => acceptedWarnings.includes(id))
  );
}

function warningsOf({ messages, messageIds }: Question): Warning[] {
  const asked = messages.length > messageIds.length ? messages : messageIds;
  return Array.from(asked, (_, index) => {
    const id = messageIds[index] ?? null;
    return { id, text: messages[index] ?? `${id} (IBKR gives no text with it).` };
  });
}
