/**
 * What leads to an order's being sent, as pure functions over its intent and its connection's trading ledger. They run
 * inside one transaction (`tradingTransaction`), which makes each of them happen once. What became of it is in
 * `reports.ts`.
 */

import { GatewayError } from '../../errors.ts';
import { freesName, isSameOrder, nameConflictError } from './idempotency.ts';
import type { OrderIntent } from './intent.ts';
import { APPROVAL_MS, isAbandoned, isExpired } from './intent-states.ts';
import {
  addToDayTotals,
  aheadOf,
  heldOn,
  recentlyAsked,
  rememberDuplicate,
  subtractFromDayTotals,
  trackOpenRequest,
  unresolvedOn,
} from './ledger.ts';
import { isChange } from './order.ts';
import { applyReport } from './reports.ts';
import { assertWithinLimits, checkTrading, type RiskCheck } from './risk/check-order.ts';
import { checkTradingAllowed } from './risk/limit-checks.ts';
import { isClockOff, type TradingLedger, type TradingState } from './trading-state.ts';
import { type Decided, transition } from './transition.ts';
import { blockedError, clockError, nothingWaitsError } from './transition-errors.ts';

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
    throw nameConflictError(intent, {}, []);
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
  const waiting = assertWaitingFor(intent, { orderHash }, now);
  const blocking = unresolvedOn(ledger, waiting.conid, now);
  if (blocking !== null) throw blockedError(blocking);
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
  if (!isAsked) assertWaiting(intent, now);
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
  const { ledger, intent, stopped, rules } = state;
  checkClock(state);
  const { question, ...asking } = assertWaitingFor(intent, { replyId }, now);
  const acceptedWarnings = [...asking.acceptedWarnings, ...(question?.warnings ?? [])];
  const accepted = { ...asking, question: null, acceptedWarnings };
  // It was counted when it was sent, at what it was worth then.
  const asked = subtractFromDayTotals(ledger, accepted);
  const replying = startSending(
    { ledger: asked.ledger, stopped, rules },
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

/** @throws {GatewayError} where times of other processes cannot be compared with this one's. */
function checkClock(state: TradingState): void {
  if (isClockOff(state)) throw clockError(state.clockAheadMs);
}

/** What somebody said yes to: the order that waits, or the question of IBKR about it. */
export type MeantYes = { orderHash: string } | { replyId: string };

/**
 * The order, if it waits for this very yes.
 * @throws {GatewayError} `approval_expired`.
 */
export function assertWaitingFor(intent: OrderIntent | null, yes: MeantYes, now: Date): OrderIntent {
  if ('replyId' in yes) {
    if (
      intent?.state !== 'needs_reply' ||
      intent.question?.replyId !== yes.replyId ||
      isAbandoned(intent, now)
    )
      throw nothingWaitsError(intent);
    return intent;
  }
  const waiting = assertWaiting(intent, now);
  if (waiting.orderHash === yes.orderHash) return waiting;
  throw new GatewayError(
    'approval_expired',
    'The approval is for another order than the one that waits.',
    'Look at the order again, then approve that.',
  );
}

function assertWaiting(intent: OrderIntent | null, now: Date): OrderIntent {
  if (intent?.state !== 'awaiting_approval' || isExpired(intent, now)) throw nothingWaitsError(intent);
  return intent;
}

function startSending(
  state: Pick<TradingState, 'ledger' | 'stopped' | 'rules'>,
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
