/**
 * Every change of an intent's state, as pure functions over the intent and its connection's register. They run
 * inside one transaction (`tradingTransaction`), which makes each of them happen once.
 */
import { GatewayError } from '../errors.ts';
import type { IntentState, OrderIntent, Register, TradingState, Warning } from '../store/order-intents.ts';
import { checkDailyLimits, checkTradingAllowed, type DayTotals } from './limit-checks.ts';
import { type Limits, narrower } from './trading-rules.ts';

/** An identical order of one app within this time has to be meant. */
export const DUPLICATE_MS = 60_000;
/** How long a yes may take. */
const APPROVAL_MS = 15 * 60_000;
/** No process lives this long after it took an intent for sending: the functions end after 60 s. */
const ABANDONED_MS = 75_000;

/** Limits that hold for an order: the connection's for all of its orders, the app's for the app's own. */
export interface DailyLimits {
  connection: Limits;
  app: Limits;
}

export interface Decided<Result> {
  register: Register;
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
  /** The same order of the same app a moment ago, or still waiting for its yes. */
  | { kind: 'recent'; intentId: string }
  /** An earlier order on the contract whose fate has to be known first. */
  | { kind: 'blocked'; intentId: string };

/**
 * Lets a new order in.
 * @param draft Complete but for its state; `approval.mode` says whether it waits.
 * @param duplicateMeant Whether the caller said that an identical order is meant.
 * @throws {GatewayError} `idempotency_conflict`, `limit_exceeded`.
 */
export function admit(
  { register, intent, stopped }: TradingState,
  draft: OrderIntent,
  limits: DailyLimits,
  duplicateKey: string,
  duplicateMeant: boolean,
): Decided<Admission> {
  if (intent !== null) {
    if (intent.orderHash === draft.orderHash) return { register, intent, result: { kind: 'known', intent } };
    throw new GatewayError(
      'idempotency_conflict',
      `The client_order_id ${draft.clientOrderId} was already used for another order.`,
      'Use a new client_order_id for a new order, or ask for the earlier one with get_order_status.',
      { details: { intent_id: intent.id } },
    );
  }
  checkTrading(limits, stopped);
  const now = draft.createdAt;
  const recent = register.recent[duplicateKey];
  if (recent !== undefined && !duplicateMeant && now.getTime() < recent.until) {
    return { register, intent, result: { kind: 'recent', intentId: recent.intentId } };
  }
  const blocking = unresolvedOn(register, draft.conid, now);
  if (blocking !== null) return { register, intent, result: { kind: 'blocked', intentId: blocking } };

  if (draft.approval.mode === 'none') {
    const recent = remembered(register, duplicateKey, draft.id, now, DUPLICATE_MS);
    const sent = startSending({ ...register, recent }, draft, limits, now, 'asked for');
    return { ...sent, result: { kind: 'send', intent: sent.intent } };
  }
  checkCounters(register, draft, limits, now);
  const noted = { ...register, recent: remembered(register, duplicateKey, draft.id, now, APPROVAL_MS) };
  const expiresAt = new Date(now.getTime() + APPROVAL_MS);
  const waiting = moved(
    { ...draft, approval: { ...draft.approval, expiresAt } },
    'awaiting_approval',
    now,
    `waits for the ${draft.approval.mode}`,
  );
  return { register: noted, intent: waiting, result: { kind: 'await', intent: waiting } };
}

/**
 * Hands a waiting order over for sending, after the yes of `by`.
 * @param orderHash Of the order that was said yes to.
 * @throws {GatewayError} `approval_expired`, `limit_exceeded`, `order_state_unknown`.
 */
export function release(
  { register, intent, stopped }: TradingState,
  orderHash: string,
  by: string,
  limits: DailyLimits,
  now: Date,
): Decided<OrderIntent> {
  const waiting = stillWaiting(intent, now);
  if (waiting.orderHash !== orderHash) {
    throw new GatewayError(
      'approval_expired',
      'The approval is for another order than the one that waits.',
      'Look at the order again, then approve that.',
    );
  }
  checkTrading(limits, stopped);
  const blocking = unresolvedOn(register, waiting.conid, now);
  if (blocking !== null) throw blockedBy(blocking);
  const approved = { ...waiting, approval: { ...waiting.approval, by, at: now } };
  const sent = startSending(register, approved, limits, now, `approved by ${by}`);
  return { ...sent, result: sent.intent };
}

/** Ends a waiting order that got a no. */
export function decline({ register, intent }: TradingState, by: string, now: Date): Decided<OrderIntent> {
  const waiting = stillWaiting(intent, now);
  const declined = moved(
    { ...waiting, reason: `Declined by ${by}.` },
    'not_placed',
    now,
    `declined by ${by}`,
  );
  return { register, intent: declined, result: declined };
}

/**
 * Takes the right to answer IBKR's question, once.
 * @throws {GatewayError} `approval_expired` when there is none to answer any more, `limit_exceeded`.
 */
export function startReply(
  { register, intent, stopped }: TradingState,
  by: string,
  limits: DailyLimits,
  now: Date,
): Decided<{ intent: OrderIntent; replyId: string }> {
  if (intent?.state !== 'needs_reply' || intent.question === null) throw nothingWaits(intent);
  checkTrading(limits, stopped);
  const { replyId, warnings } = intent.question;
  const accepted = { ...intent, question: null, acceptedWarnings: [...intent.acceptedWarnings, ...warnings] };
  const replying = moved(accepted, 'sending', now, `warnings accepted by ${by}`);
  return { ...opened(register, replying, now), result: { intent: replying, replyId } };
}

/** What became of an order, as far as it is known. */
export interface Fate {
  state: Exclude<IntentState, 'awaiting_approval' | 'sending'>;
  note: string;
  reason?: string;
  question?: { replyId: string; warnings: Warning[] };
  acceptedWarnings?: Warning[];
  ibkrOrderId?: string;
  ibkrStatus?: string;
  filledQuantity?: number;
  averagePrice?: number | null;
  /** When the last request that may bring the order to IBKR had left, where that is later than known so far. */
  sentAt?: Date;
  /** The fate was found out afterwards, not told in the answer. */
  reconciled?: boolean;
}

/** Writes down what became of an order. What is final stays as it is. */
export function settle({ register, intent }: TradingState, fate: Fate, now: Date): Decided<OrderIntent> {
  if (intent === null) throw new Error('An order without an intent.');
  if (isFinal(intent.state)) return { register, intent, result: intent };
  const settled = moved(
    {
      ...intent,
      reason: fate.reason ?? intent.reason,
      question: fate.question ?? null,
      acceptedWarnings: [...intent.acceptedWarnings, ...(fate.acceptedWarnings ?? [])],
      ibkrOrderId: fate.ibkrOrderId ?? intent.ibkrOrderId,
      ibkrStatus: fate.ibkrStatus ?? intent.ibkrStatus,
      filledQuantity: fate.filledQuantity ?? intent.filledQuantity,
      averagePrice: fate.averagePrice ?? intent.averagePrice,
      sentAt: fate.sentAt ?? intent.sentAt,
      reconciledAt: fate.reconciled ? now : intent.reconciledAt,
    },
    fate.state,
    now,
    fate.note,
  );
  const placed = { ...opened(register, settled, now), result: settled };
  return fate.state === 'rejected' || fate.state === 'not_placed' ? uncounted(placed) : placed;
}

/** States after which nothing more can happen. */
export function isFinal(state: IntentState): boolean {
  return ['filled', 'cancelled', 'rejected', 'not_placed'].includes(state);
}

/** Whether the time for a yes is over. */
export function isExpired({ state, approval }: OrderIntent, now: Date): boolean {
  return state === 'awaiting_approval' && approval.expiresAt !== null && approval.expiresAt <= now;
}

/** Whether no process can be at work on the intent any more, so that its fate may be looked up. */
export function isAbandoned({ state, updatedAt }: OrderIntent, now: Date): boolean {
  const idle = now.getTime() - updatedAt.getTime();
  switch (state) {
    case 'unknown':
      return true;
    case 'sending':
      return idle > ABANDONED_MS;
    case 'needs_reply':
      return idle > APPROVAL_MS;
    default:
      return false;
  }
}

/** What was sent on the day of `now`. */
export function totalsToday(
  register: Register,
  appId: string,
  now: Date,
): { all: DayTotals; app: DayTotals } {
  const none = { orders: 0, value: 0 };
  if (register.day !== tradingDay(now)) return { all: none, app: none };
  return { all: register.total, app: register.apps[appId] ?? none };
}

/** The day that daily limits count by: New York's, where IBKR's own day ends. */
function tradingDay(now: Date): string {
  return now.toLocaleDateString('en-CA', { timeZone: 'America/New_York' });
}

export function blockedBy(intentId: string): GatewayError {
  return new GatewayError(
    'order_state_unknown',
    'It is not known yet whether an earlier order on this contract exists, so no other one is sent.',
    'Call get_order_status with its intent_id: that finds out.',
    { details: { intent_id: intentId } },
  );
}

/** The owner may have stopped trading since the order was asked for. */
function checkTrading({ connection, app }: DailyLimits, stopped: boolean): void {
  checkTradingAllowed(stopped ? { trading: false } : narrower(connection, app));
}

function stillWaiting(intent: OrderIntent | null, now: Date): OrderIntent {
  if (intent?.state !== 'awaiting_approval' || isExpired(intent, now)) throw nothingWaits(intent);
  return intent;
}

function nothingWaits(intent: OrderIntent | null): GatewayError {
  return new GatewayError(
    'approval_expired',
    intent === null || intent.state === 'awaiting_approval'
      ? 'The time to approve this order is over.'
      : `This order no longer waits: it is ${intent.state}.`,
    'See get_order_status. To order it all the same, place it again.',
  );
}

function startSending(
  register: Register,
  intent: OrderIntent,
  limits: DailyLimits,
  now: Date,
  note: string,
): { register: Register; intent: OrderIntent } {
  checkCounters(register, intent, limits, now);
  const day = tradingDay(now);
  const { all, app } = totalsToday(register, intent.app.id, now);
  const apps = register.day === day ? register.apps : {};
  const value = intent.value ?? 0;
  const counted = {
    ...register,
    day,
    total: { orders: all.orders + 1, value: all.value + value },
    apps: { ...apps, [intent.app.id]: { orders: app.orders + 1, value: app.value + value } },
  };
  const sending = moved({ ...intent, sentAt: now, countedOn: day }, 'sending', now, note);
  return opened(counted, sending, now);
}

function checkCounters(register: Register, intent: OrderIntent, limits: DailyLimits, now: Date): void {
  const { all, app } = totalsToday(register, intent.app.id, now);
  checkDailyLimits(limits.connection, all, intent.value);
  checkDailyLimits(limits.app, app, intent.value);
}

/** Gives an order that never came to be back to the day's limits. */
function uncounted(decided: { register: Register; intent: OrderIntent; result: OrderIntent }) {
  const { register, intent } = decided;
  if (intent.countedOn === null || intent.countedOn !== register.day) return decided;
  const value = intent.value ?? 0;
  const less = (totals: DayTotals) => ({ orders: totals.orders - 1, value: totals.value - value });
  const app = register.apps[intent.app.id];
  const freed = { ...intent, countedOn: null };
  return {
    register: {
      ...register,
      total: less(register.total),
      apps: app === undefined ? register.apps : { ...register.apps, [intent.app.id]: less(app) },
    },
    intent: freed,
    result: freed,
  };
}

/** Keeps the list of open fates in step with an intent. */
function opened(register: Register, intent: OrderIntent, now: Date) {
  const { [intent.id]: _, ...others } = register.open;
  const { state } = intent;
  const isOpen = state === 'sending' || state === 'unknown';
  const open = isOpen
    ? { ...others, [intent.id]: { conid: intent.conid, state, since: now.getTime() } }
    : others;
  return { register: { ...register, open }, intent };
}

/** An intent on the contract whose fate is not known, or whose process must have ended before it could say. */
function unresolvedOn(register: Register, conid: number, now: Date): string | null {
  for (const [intentId, open] of Object.entries(register.open)) {
    if (open.conid !== conid) continue;
    if (open.state === 'unknown' || now.getTime() - open.since > ABANDONED_MS) return intentId;
  }
  return null;
}

/** A waiting order is remembered until its time is over, so that asking again finds it instead of making another. */
function remembered(
  register: Register,
  key: string,
  intentId: string,
  now: Date,
  forMs: number,
): Register['recent'] {
  const fresh = Object.entries(register.recent).filter(([, { until }]) => now.getTime() < until);
  return { ...Object.fromEntries(fresh), [key]: { intentId, until: now.getTime() + forMs } };
}

function moved(intent: OrderIntent, state: IntentState, now: Date, note: string): OrderIntent {
  return { ...intent, state, updatedAt: now, history: [...intent.history, { at: now, state, note }] };
}
