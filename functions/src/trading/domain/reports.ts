/** What becomes of orders, as pure functions like those of `transitions.ts`. */

import type { Outcome } from '../../contract/orders/order-states.ts';
import type { OrderIntent, Warning } from './intent.ts';
import { APPROVAL_MS, isFinal } from './intent-states.ts';
import {
  addToDayTotals,
  DUPLICATE_MS,
  forgetDuplicate,
  recentlyAsked,
  rememberDuplicate,
  rememberDuplicateUntil,
  subtractFromDayTotals,
  trackOpenRequest,
} from './ledger.ts';
import { nextReconcile } from './next-reconcile.ts';
import { isChange } from './order.ts';
import { orderState } from './order-state.ts';
import { isClockOff, type ReportedState, type TradingLedger } from './trading-state.ts';
import { type Decided, transition } from './transition.ts';

/** That there is no news is noted this often. */
const NO_NEWS_MS = 60_000;
/** When IBKR filled an order that it does not tell yet is asked for again so much later. */
const FILL_TIME_AGAIN_MS = 60 * 60_000;
/** For so long IBKR tells of executions. */
const EXECUTIONS_LAST_MS = 7 * 86_400_000;

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
  /** Of `not_placed`: nobody can tell whether it was made, so that it counts against the limits of its day. */
  mayBeMade?: boolean;
}

/** Writes down what became of an order. What is final stays as it is, except that an absent order may turn up. */
export function applyReport(state: ReportedState, report: OrderReport, now: Date): Decided<OrderIntent> {
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
  const forgotten = forgetDuplicate(known, intent.id);
  const ended =
    report.mayBeMade === true
      ? { ledger: forgotten, intent: settled }
      : subtractFromDayTotals(forgotten, settled);
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
  { ledger }: ReportedState,
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
  return applyReport(found, { ...report, note: `it turned up after all: ${report.note}` }, now);
}

/** Notes when IBKR filled an order, or, with null, that IBKR does not tell yet. */
export function noteFill(
  { ledger, intent }: ReportedState,
  filledAt: Date | null,
  now: Date,
): Decided<OrderIntent> {
  if (intent === null) throw new Error('A fill without an intent.');
  if (intent.state !== 'filled' || intent.filledAt !== null) return { ledger, intent, result: intent };
  if (filledAt === null) {
    const isTold = now.getTime() - intent.updatedAt.getTime() < EXECUTIONS_LAST_MS;
    const asked = { ...intent, nextLookAt: isTold ? new Date(now.getTime() + FILL_TIME_AGAIN_MS) : null };
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
export function unschedule({ ledger, intent }: ReportedState): Decided<OrderIntent> {
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
