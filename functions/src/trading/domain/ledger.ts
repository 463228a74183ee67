/**
 * The trading ledger, which all orders of a connection share, as pure functions: what counts against the limits of the day,
 * whose turn it is to send, whose outcome is open, and which orders were asked for a moment ago.
 */

import { appIdentity, type OrderIntent } from './intent.ts';
import { difference, NO_CENTS, sumOf } from './money.ts';
import { isHeld } from './order-state.ts';
import { recordSales } from './risk/pending-sales.ts';
import type { DayTotals, TradingLedger } from './trading-state.ts';

/** An identical order of one app has to be meant until so long after the first one was sent: hosts wait less for an answer. */
export const DUPLICATE_MS = 10 * 60_000;
/** No process lives this long after it took an intent for sending: the functions end after 60 s. */
export const ABANDONED_MS = 75_000;
/**
 * Longer than a call may take: whoever took an intent that long ago sends nothing any more. Others are sent from then
 * on, except on its contract, since the process may have died after IBKR took the order.
 */
const TURN_MS = 25_000;
/** What IBKR holds keeps no other order back for longer. */
const HELD_MS = 86_400_000;

/** Made once: to make one takes longer than all else that a limit needs. */
const NEW_YORK_DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' });

/** The day that daily limits count by: New York's, where IBKR's own day ends. */
function tradingDay(now: Date): string {
  return NEW_YORK_DAY.format(now);
}

/** The day that is counted now: clocks differ, and a day that has begun has begun for all. */
function countedDay({ day }: TradingLedger, now: Date): string {
  const today = tradingDay(now);
  return day > today ? day : today;
}

/** What was sent on the day of `now`. */
export function totalsToday(
  ledger: TradingLedger,
  app: Pick<OrderIntent['app'], 'id' | 'clientId'>,
  now: Date,
): { all: DayTotals; app: DayTotals } {
  const none = { orders: 0, value: NO_CENTS };
  if (ledger.day !== countedDay(ledger, now)) return { all: none, app: none };
  return { all: ledger.total, app: ledger.apps[appIdentity(app)] ?? none };
}

/** Counts an intent against the limits of the day. */
export function addToDayTotals(
  ledger: TradingLedger,
  intent: OrderIntent,
  now: Date,
): { ledger: TradingLedger; intent: OrderIntent } {
  const day = countedDay(ledger, now);
  const { all, app } = totalsToday(ledger, intent.app, now);
  const apps = ledger.day === day ? ledger.apps : {};
  const more = ({ orders, value }: DayTotals) => ({
    orders: orders + intent.orders,
    value: sumOf([value, intent.value ?? NO_CENTS]),
  });
  return {
    ledger: {
      ...ledger,
      day,
      total: more(all),
      apps: { ...apps, [appIdentity(intent.app)]: more(app) },
    },
    intent: { ...intent, countedOn: day },
  };
}

/** Gives an order that never came to be back to the limits of its day. */
export function subtractFromDayTotals(
  ledger: TradingLedger,
  intent: OrderIntent,
): { ledger: TradingLedger; intent: OrderIntent } {
  if (intent.countedOn === null || intent.countedOn !== ledger.day) return { ledger, intent };
  const less = ({ orders, value }: DayTotals) => ({
    orders: orders - intent.orders,
    value: difference(value, intent.value ?? NO_CENTS),
  });
  const identity = appIdentity(intent.app);
  const app = ledger.apps[identity];
  return {
    ledger: {
      ...ledger,
      total: less(ledger.total),
      apps: app === undefined ? ledger.apps : { ...ledger.apps, [identity]: less(app) },
    },
    intent: { ...intent, countedOn: null },
  };
}

/** Keeps the list of open outcomes, and of what they sell, in step with an intent. */
export function trackOpenRequest(ledger: TradingLedger, intent: OrderIntent, now: Date): TradingLedger {
  const known = {
    ...ledger,
    open: openOutcomes(ledger, intent, now),
    held: heldOrders(ledger, intent, now),
  };
  return { ...known, sales: recordSales(known, intent, now) };
}

/** Orders that IBKR holds without working them, or says what is not known here. */
function heldOrders(
  ledger: TradingLedger,
  { id, conid, state, ibkrStatus }: OrderIntent,
  now: Date,
): TradingLedger['held'] {
  const { [id]: own, ...others } = ledger.held;
  if (state !== 'working' || !isHeld(ibkrStatus)) return others;
  return { ...others, [id]: own ?? { conid, since: now.getTime() } };
}

/** An intent on the contract that IBKR holds, for a day at most, and may work again. */
export function heldOn(ledger: TradingLedger, conid: number, now: Date): string | null {
  const held = Object.entries(ledger.held).find(
    ([, known]) => known.conid === conid && now.getTime() - known.since < HELD_MS,
  );
  return held?.[0] ?? null;
}

function openOutcomes(
  ledger: TradingLedger,
  { id, conid, state }: OrderIntent,
  now: Date,
): TradingLedger['open'] {
  const { [id]: _, ...others } = ledger.open;
  if (state !== 'sending' && state !== 'unknown') return others;
  // Clocks differ: who comes later is later all the same.
  const latest = Math.max(0, ...Object.values(others).map(({ since }) => since));
  const since = Math.max(now.getTime(), latest + 1);
  return { ...others, [id]: { conid, state, since } };
}

/**
 * How many orders are to be sent before that of an intent in state `sending`. Orders of one connection are sent one
 * after the other, because IBKR forgets a question about an order when the next order comes.
 */
export function aheadOf(ledger: TradingLedger, intentId: string, now: Date): number {
  const own = ledger.open[intentId];
  return Object.values(ledger.open).filter(
    ({ state, since }) => state === 'sending' && since < (own?.since ?? 0) && now.getTime() - since < TURN_MS,
  ).length;
}

/** Whether some order of the connection is being sent, besides that of an intent. */
export function isAnySending({ open }: TradingLedger, now: Date, exceptIntentId?: string): boolean {
  return Object.entries(open).some(
    ([intentId, { state, since }]) =>
      intentId !== exceptIntentId && state === 'sending' && now.getTime() - since < TURN_MS,
  );
}

/** An intent on the contract whose outcome is not known, or whose process did not say in time what became of it. */
export function unresolvedOn(
  ledger: TradingLedger,
  conid: number,
  now: Date,
  exceptIntentId?: string,
): string | null {
  for (const [intentId, open] of Object.entries(ledger.open)) {
    if (open.conid !== conid || intentId === exceptIntentId) continue;
    if (open.state === 'unknown' || now.getTime() - open.since >= TURN_MS) return intentId;
  }
  return null;
}

/** Remembers an order until it is over, so that asking for the same again finds it instead of making another. */
export function rememberDuplicate(
  ledger: TradingLedger,
  { id, guardKeys }: OrderIntent,
  now: Date,
): TradingLedger {
  const fresh = Object.entries(ledger.recent).filter(
    ([, { until }]) => until === null || now.getTime() < until,
  );
  const own = guardKeys.map((key) => [key, { intentId: id, until: null }] as const);
  return { ...ledger, recent: { ...Object.fromEntries(fresh), ...Object.fromEntries(own) } };
}

/** Remembers an order that is over for as long as asking for the same again may be a repetition. */
export function rememberDuplicateUntil(ledger: TradingLedger, intentId: string, until: Date): TradingLedger {
  const recent = Object.entries(ledger.recent).map(([key, known]) => [
    key,
    known.intentId === intentId ? { ...known, until: until.getTime() } : known,
  ]);
  return { ...ledger, recent: Object.fromEntries(recent) };
}

/** The order of a moment ago, or not over yet, that one of these keys is of. */
export function recentlyAsked(
  { recent }: TradingLedger,
  guardKeys: readonly string[],
  now: Date,
): string | null {
  const known = guardKeys
    .map((key) => recent[key])
    .find((one) => one !== undefined && (one.until === null || now.getTime() < one.until));
  return known?.intentId ?? null;
}

/** Forgets an order that certainly does not exist: whoever asks for it again wants a first one. */
export function forgetDuplicate(ledger: TradingLedger, intentId: string): TradingLedger {
  const others = Object.entries(ledger.recent).filter(([, recent]) => recent.intentId !== intentId);
  return { ...ledger, recent: Object.fromEntries(others) };
}
