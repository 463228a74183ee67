/**
 * Every change of an intent's state, as pure functions over the intent and its connection's trading ledger. They run
 * inside one transaction (`tradingTransaction`), which makes each of them happen once.
 */

import type { IntentState, Outcome } from '../../contract/order-states.ts';
import { GatewayError } from '../../errors.ts';
import { freesName, isSameOrder, nameConflict } from './idempotency.ts';
import type { OrderIntent, Warning } from './intent.ts';
import { isAbandoned, isExpired, isFinal, mayGo } from './intent-states.ts';
import {
  addToDayTotals,
  aheadOf,
  forgetDuplicate,
  heldOn,
  recentlyAsked,
  rememberDuplicate,
  rememberDuplicateUntil,
  subtractFromDayTotals,
  trackOpenRequest,
  unresolvedOn,
} from './ledger.ts';
import { nextReconcile, READ_AGAIN_MS } from './next-reconcile.ts';
import { isChange } from './order.ts';
import { orderState } from './order-state.ts';
import { assertWithinLimits, checkTrading, type RiskCheck } from './risk/check-order.ts';
import { checkTradingAllowed } from './risk/limit-checks.ts';
import { isClockOff, type TradingLedger, type TradingState } from './trading-state.ts';
import { blockedBy, clockIsOff, nothingWaits } from './transition-errors.ts';

/** An identical order of one app has to be meant until so long after the first one was sent: hosts wait less for an answer. */
export const DUPLICATE_MS = 10 * 60_000;
/** How long a yes may take. */
const APPROVAL_MS = 15 * 60_000;
/** That there is no news is noted this often. */
const NO_NEWS_MS = 60_000;
/** For so long IBKR tells of executions. */
const EXECUTIONS_LAST_MS = 7 * 86_400_000;

export interface Decided<Result> {
  ledger: TradingLedger;
  intent: OrderIntent | null;
  result: Result;
}

export type Admission =
  /** To be sent by whoever called. */
  | { kind: 'send'; intent: OrderIntent }
  /** Waits for a yes. */
  | { kind: 'await'; intent: OrderIntent }
  /** The same order under the same client order id. */
  | { kind: 'known'; intent: OrderIntent }
  /** The client order id was given back meanwhile: there may be a later intent of it. */
  | { kind: 'freed' }
  /** The same order of the same app a moment ago, or still waiting for its yes. */
  | { kind: 'recent'; intentId: string }
  /** An order on the contract that IBKR holds and may work again. */
  | { kind: 'held'; intentId: string }
  /** An earlier order on the contract whose outcome has to be known first. */
  | { kind: 'blocked'; intentId: string };

/**
 * Lets a new order in.
 * @param draft Complete but for its state; `approval.mode` says whether it waits.
 * @param duplicateMeant Whether the caller said that an identical order is meant, and one beside an order that IBKR holds.
 * @param over An identical order that was seen to be over.
 * @throws {GatewayError} `idempotency_conflict`, `limit_exceeded`.
 */
export function admit(
  state: TradingState,
  draft: OrderIntent,
  judged: RiskCheck,
  duplicateMeant: boolean,
  over: string | null = null,
): Decided<Admission> {
  const { ledger, intent } = state;
  if (intent !== null) {
    if (freesName(intent)) return { ledger, intent, result: { kind: 'freed' } };
    if (isSameOrder(intent, draft)) return { ledger, intent, result: { kind: 'known', intent } };
    throw nameConflict(intent, {}, []);
  }
  checkClock(state);
  checkTrading(judged.limits, state.stopped);
  const now = draft.createdAt;
  const recent = recentlyAsked(ledger, draft.guardKeys, now);
  // Whoever names an order says with the name whether it is another one.
  const isMeant = duplicateMeant || draft.clientOrderId !== null;
  if (recent !== null && recent !== over && !isMeant) {
    return { ledger, intent, result: { kind: 'recent', intentId: recent } };
  }
  const blocking = unresolvedOn(ledger, draft.conid, now);
  if (blocking !== null) return { ledger, intent, result: { kind: 'blocked', intentId: blocking } };

  const held = duplicateMeant || isChange(draft) ? null : heldOn(ledger, draft.conid, now);
  if (held !== null) return { ledger, intent, result: { kind: 'held', intentId: held } };

  if (draft.approval.mode === 'none') {
    const sent = startSending(state, draft, judged, now, 'asked for');
    return { ...sent, result: { kind: 'send', intent: sent.intent } };
  }
  const counts = assertWithinLimits(state, draft, judged, now);
  const expiresAt = new Date(now.getTime() + APPROVAL_MS);
  const waiting = transition(
    { ...draft, ...counts, approval: { ...draft.approval, expiresAt } },
    'awaiting_approval',
    now,
    `waits for the ${draft.approval.mode}`,
  );
  const noted = rememberDuplicate(ledger, waiting, now);
  return { ledger: noted, intent: waiting, result: { kind: 'await', intent: waiting } };
}

/**
 * Hands a waiting order over for sending, after the yes of `by`.
 * @param orderHash Of the order that was said yes to.
 * @throws {GatewayError} `approval_expired`, `limit_exceeded`, `order_state_unknown`.
 */
export function release(
  state: TradingState,
  orderHash: string,
  by: string,
  judged: RiskCheck,
  now: Date,
): Decided<OrderIntent> {
  const { ledger, intent } = state;
  checkClock(state);
  const waiting = stillWaiting(intent, now);
  if (waiting.orderHash !== orderHash) {
    throw new GatewayError(
      'approval_expired',
      'The approval is for another order than the one that waits.',
      'Look at the order again, then approve that.',
    );
  }
  const blocking = unresolvedOn(ledger, waiting.conid, now);
  if (blocking !== null) throw blockedBy(blocking);
  const approved = { ...waiting, approval: { ...waiting.approval, by, at: now } };
  const sent = startSending(state, approved, judged, now, `approved by ${by}`);
  return { ...sent, result: sent.intent };
}

/**
 * Ends an order that waits for a yes, or for the answer to IBKR's question, and got a no.
 * @throws {GatewayError} `approval_expired` when it waits for nothing any more.
 */
export function decline(
  state: TradingState,
  by: string,
  now: Date,
  reason = 'Declined.',
): Decided<OrderIntent> {
  const { intent } = state;
  const isAsked = intent?.state === 'needs_reply';
  if (!isAsked) stillWaiting(intent, now);
  const note = `declined by ${by}`;
  return applyReport(state, { state: 'not_placed', note, reason, isAbsent: isAsked }, now);
}

/**
 * Takes the right to answer IBKR's question, once.
 * @param replyId Of the question that was said yes to, which may not be the one that is asked by now.
 * @throws {GatewayError} `approval_expired` when there is none to answer any more, `limit_exceeded`.
 */
export function startReply(
  state: TradingState,
  replyId: string,
  by: string,
  judged: RiskCheck,
  now: Date,
): Decided<OrderIntent> {
  const { ledger, intent, stopped } = state;
  checkClock(state);
  if (intent?.state !== 'needs_reply' || intent.question?.replyId !== replyId || isAbandoned(intent, now))
    throw nothingWaits(intent);
  const { warnings } = intent.question;
  const accepted = { ...intent, question: null, acceptedWarnings: [...intent.acceptedWarnings, ...warnings] };
  // It was counted when it was sent, at what it was worth then.
  const asked = subtractFromDayTotals(ledger, accepted);
  const replying = startSending(
    { ledger: asked.ledger, stopped },
    asked.intent,
    judged,
    now,
    `warnings accepted by ${by}`,
  );
  return { ...replying, result: replying.intent };
}

/**
 * How many orders have to be sent before this one.
 * @throws {GatewayError} `limit_exceeded` when the owner stopped trading while it waited, `not_placed` when the outcome
 * of an order before it on the contract came to be unknown meanwhile.
 */
export function ordersAhead(
  { ledger, stopped }: Pick<TradingState, 'ledger' | 'stopped'>,
  { id, conid }: Pick<OrderIntent, 'id' | 'conid'>,
  now: Date,
): number {
  checkTradingAllowed({ trading: !stopped });
  const blocking = unresolvedOn(ledger, conid, now, id);
  if (blocking !== null) {
    throw new GatewayError(
      'not_placed',
      'It is not known yet whether an earlier order on this contract exists.',
      `Call get_order_status with intent_id ${blocking}: that finds out. Then place this one again if it is still wanted.`,
    );
  }
  return aheadOf(ledger, id, now);
}

/** What became of an order, as far as it is known. */
export interface OrderReport {
  state: Outcome;
  note: string;
  reason?: string;
  question?: { replyId: string; warnings: Warning[] };
  acceptedWarnings?: Warning[];
  ibkrOrderId?: string;
  ocaOrderId?: string;
  exitOrderIds?: string[];
  filledOrderId?: string;
  notTaken?: string[];
  ibkrStatus?: string;
  filledQuantity?: number;
  averagePrice?: number | null;
  /** When the last request that may bring the order to IBKR had left, where that is later than known so far. */
  sentAt?: Date;
  /** Until when it may still reach IBKR, where no clear answer came. */
  arrivesBy?: Date;
  /** The outcome was found out afterwards, not told in the answer. */
  reconciled?: boolean;
  /** Of `not_placed`: nothing but that so much time has passed says so. */
  byTheClock?: boolean;
  /** Of `not_placed`: IBKR had been sent the order, or its question about it may still be answered. */
  isAbsent?: boolean;
}

/** Writes down what became of an order. What is final stays as it is, except that an absent order may turn up. */
export function applyReport(state: TradingState, report: OrderReport, now: Date): Decided<OrderIntent> {
  if (report.byTheClock === true && isClockOff(state) && state.intent !== null) {
    return { ledger: state.ledger, intent: state.intent, result: state.intent };
  }
  if (state.intent?.absentSince != null) return applyReportOfAbsent(state, state.intent, report, now);
  const { ledger, intent } = state;
  if (intent === null) throw new Error('An order without an intent.');
  if (isFinal(intent.state)) return { ledger, intent, result: intent };
  if (isNoNews(intent, report)) {
    if (now.getTime() - intent.updatedAt.getTime() < NO_NEWS_MS) return { ledger, intent, result: intent };
    const read = { ...intent, updatedAt: now, nextLookAt: nextReconcile(intent, now) };
    return { ledger, intent: read, result: read };
  }
  const isThere = report.state === 'working' || report.state === 'filled';
  const settled = transition(
    {
      ...intent,
      reason: report.reason ?? (isThere ? null : intent.reason),
      question: report.question
        ? { ...report.question, expiresAt: new Date(now.getTime() + APPROVAL_MS) }
        : null,
      acceptedWarnings: [...intent.acceptedWarnings, ...(report.acceptedWarnings ?? [])],
      ibkrOrderId: intent.ibkrOrderId ?? report.ibkrOrderId ?? null,
      ocaOrderId: intent.ocaOrderId ?? report.ocaOrderId ?? null,
      exitOrderIds: report.exitOrderIds ?? intent.exitOrderIds,
      filledOrderId: report.filledOrderId ?? intent.filledOrderId,
      notTaken: report.notTaken ?? intent.notTaken,
      ibkrStatus: report.ibkrStatus ?? intent.ibkrStatus,
      filledQuantity: report.filledQuantity ?? intent.filledQuantity,
      averagePrice: report.averagePrice ?? intent.averagePrice,
      sentAt: report.sentAt ?? intent.sentAt,
      arrivesBy: report.arrivesBy ?? intent.arrivesBy,
      reconciledAt: report.reconciled ? now : intent.reconciledAt,
      absentSince: report.isAbsent && !isChange(intent) ? now : null,
    },
    report.state,
    now,
    report.note,
  );
  const known = updateDuplicateGuard(trackOpenRequest(ledger, settled, now), settled, now);
  if (report.state !== 'rejected' && report.state !== 'not_placed') {
    const kept = countUnlessHeld(known, intent, settled, now);
    return { ...kept, result: kept.intent };
  }
  const ended = subtractFromDayTotals(forgetDuplicate(known, intent.id), settled);
  return { ...ended, result: ended.intent };
}

/** What IBKR holds without having filled any of it is given back to the limits of its day until it works again. */
function countUnlessHeld(
  ledger: TradingLedger,
  before: OrderIntent,
  after: OrderIntent,
  now: Date,
): { ledger: TradingLedger; intent: OrderIntent } {
  if (isIdle(after)) return subtractFromDayTotals(ledger, after);
  const isBack = isIdle(before) && after.countedOn === null;
  return isBack && after.state !== 'cancelled'
    ? addToDayTotals(ledger, after, now)
    : { ledger, intent: after };
}

function isIdle({ state, ibkrStatus, filledQuantity }: OrderIntent): boolean {
  return state === 'working' && orderState(ibkrStatus ?? '') === 'inactive' && !filledQuantity;
}

/** Keeps what is remembered of an order against identical ones in step with what became of it. */
function updateDuplicateGuard(ledger: TradingLedger, intent: OrderIntent, now: Date): TradingLedger {
  // What was changed may be changed back, and then changed so again.
  if (isChange(intent) && intent.state === 'working') return forgetDuplicate(ledger, intent.id);
  if (!isFinal(intent.state)) return ledger;
  const sentAt = intent.sentAt ?? now;
  return rememberDuplicateUntil(ledger, intent.id, new Date(sentAt.getTime() + DUPLICATE_MS));
}

/** An order that was said not to be placed: it is still absent, or it turned up, and counts again. */
function applyReportOfAbsent(
  { ledger, stopped }: TradingState,
  intent: OrderIntent,
  report: OrderReport,
  now: Date,
): Decided<OrderIntent> {
  if (report.state === 'not_placed' || report.state === 'rejected') {
    const absent = { ...intent, nextLookAt: nextReconcile(intent, now) };
    return { ledger, intent: absent, result: absent };
  }
  const again = { ...intent, state: 'unknown', absentSince: null } as const;
  const isReplaced = recentlyAsked(ledger, intent.guardKeys, now) !== null;
  const found = addToDayTotals(isReplaced ? ledger : rememberDuplicate(ledger, again, now), again, now);
  return applyReport(
    { ...found, stopped },
    { ...report, note: `it turned up after all: ${report.note}` },
    now,
  );
}

/** Notes when IBKR filled an order, or, with null, that IBKR does not tell yet. */
export function noteFill(
  { ledger, intent }: TradingState,
  filledAt: Date | null,
  now: Date,
): Decided<OrderIntent> {
  if (intent === null) throw new Error('A fill without an intent.');
  if (intent.state !== 'filled' || intent.filledAt !== null) return { ledger, intent, result: intent };
  if (filledAt === null) {
    const isTold = now.getTime() - intent.updatedAt.getTime() < EXECUTIONS_LAST_MS;
    const asked = { ...intent, nextLookAt: isTold ? new Date(now.getTime() + READ_AGAIN_MS) : null };
    return { ledger, intent: asked, result: asked };
  }
  const noted = transition(
    { ...intent, filledAt },
    'filled',
    now,
    `IBKR filled it at ${filledAt.toISOString()}`,
  );
  return { ledger, intent: noted, result: noted };
}

/** Takes an intent off the schedule that nothing more can happen to. */
export function unschedule({ ledger, intent }: TradingState): Decided<OrderIntent> {
  if (intent === null) throw new Error('An order without an intent.');
  const isOver = isFinal(intent.state) && intent.absentSince === null;
  const left = isOver ? { ...intent, nextLookAt: null } : intent;
  return { ledger, intent: left, result: left };
}

function isNoNews(intent: OrderIntent, report: OrderReport): boolean {
  return (
    intent.state === 'working' &&
    report.state === 'working' &&
    intent.ibkrStatus === report.ibkrStatus &&
    intent.filledQuantity === report.filledQuantity &&
    intent.averagePrice === report.averagePrice
  );
}

/** @throws {GatewayError} where times of other processes cannot be compared with this one's. */
function checkClock(state: TradingState): void {
  if (isClockOff(state)) throw clockIsOff(state.clockAheadMs);
}

function stillWaiting(intent: OrderIntent | null, now: Date): OrderIntent {
  if (intent?.state !== 'awaiting_approval' || isExpired(intent, now)) throw nothingWaits(intent);
  return intent;
}

function startSending(
  state: Pick<TradingState, 'ledger' | 'stopped'>,
  intent: OrderIntent,
  judged: RiskCheck,
  now: Date,
  note: string,
): { ledger: TradingLedger; intent: OrderIntent } {
  const asked = { ...intent, app: judged.app ?? intent.app };
  const counts = assertWithinLimits(state, asked, judged, now);
  const sent = addToDayTotals(state.ledger, { ...asked, ...counts, sentAt: now }, now);
  const sending = transition(sent.intent, 'sending', now, note);
  return {
    ledger: rememberDuplicate(trackOpenRequest(sent.ledger, sending, now), sending, now),
    intent: sending,
  };
}

/** @throws {Error} where the table has no such way: a fault of ours, which must not reach the record. */
function transition(intent: OrderIntent, state: IntentState, now: Date, note: string): OrderIntent {
  if (!mayGo(intent.state, state)) {
    throw new Error(`An order cannot go from ${intent.state} to ${state}.`);
  }
  const next = { ...intent, state, updatedAt: now, history: [...intent.history, { at: now, state, note }] };
  return { ...next, nextLookAt: nextReconcile(next, now) };
}
