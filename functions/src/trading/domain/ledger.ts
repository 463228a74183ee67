/**
 * The register that all orders of a connection share, as pure functions: what counts against the limits of the day,
 * whose turn it is to send, whose fate is open, and which orders were asked for a moment ago.
 */

import { appIdentity, type OrderIntent } from './intent.ts';
import { toCents } from './money.ts';
import { isHeld } from './order-state.ts';
import type { DayTotals } from './risk/limit-checks.ts';
import { notedSales } from './risk/pending-sales.ts';
import type { Register } from './trading-state.ts';

/** No process lives this long after it took an intent for sending: the functions end after 60 s. */
export const ABANDONED_MS = 75_000;
/**
 * Longer than a call may take: whoever took an intent that long ago sends nothing any more. Others are sent from then
 * on, except on its contract, since the process may have died after IBKR took the order.
 */
const TURN_MS = 25_000;
/** What IBKR holds keeps no other order back for longer. */
const HELD_MS = 86_400_000;

/** The day that daily limits count by: New York's, where IBKR's own day ends. */
function tradingDay(now: Date): string {
  return now.toLocaleDateString('en-CA', { timeZone: 'America/New_York' });
}

/** The day that is counted now: clocks differ, and a day that has begun has begun for all. */
function countedDay({ day }: Register, now: Date): string {
  const today = tradingDay(now);
  return day > today ? day : today;
}

/** What was sent on the day of `now`. */
export function totalsToday(
  register: Register,
  app: Pick<OrderIntent['app'], 'id' | 'clientId'>,
  now: Date,
): { all: DayTotals; app: DayTotals } {
  const none = { orders: 0, value: 0 };
  if (register.day !== countedDay(register, now)) return { all: none, app: none };
  return { all: register.total, app: register.apps[appIdentity(app)] ?? none };
}

/** Counts an intent against the limits of the day. */
export function counted(
  register: Register,
  intent: OrderIntent,
  now: Date,
): { register: Register; intent: OrderIntent } {
  const day = countedDay(register, now);
  const { all, app } = totalsToday(register, intent.app, now);
  const apps = register.day === day ? register.apps : {};
  const more = ({ orders, value }: DayTotals) => ({
    orders: orders + intent.orders,
    value: toCents(value + (intent.value ?? 0)),
  });
  return {
    register: {
      ...register,
      day,
      total: more(all),
      apps: { ...apps, [appIdentity(intent.app)]: more(app) },
    },
    intent: { ...intent, countedOn: day },
  };
}

/** Gives an order that never came to be back to the limits of its day. */
export function uncounted(
  register: Register,
  intent: OrderIntent,
): { register: Register; intent: OrderIntent } {
  if (intent.countedOn === null || intent.countedOn !== register.day) return { register, intent };
  const less = ({ orders, value }: DayTotals) => ({
    orders: orders - intent.orders,
    value: toCents(value - (intent.value ?? 0)),
  });
  const identity = appIdentity(intent.app);
  const app = register.apps[identity];
  return {
    register: {
      ...register,
      total: less(register.total),
      apps: app === undefined ? register.apps : { ...register.apps, [identity]: less(app) },
    },
    intent: { ...intent, countedOn: null },
  };
}

/** Keeps the list of open fates, and of what they sell, in step with an intent. */
export function opened(register: Register, intent: OrderIntent, now: Date): Register {
  const known = {
    ...register,
    open: openFates(register, intent, now),
    held: heldOrders(register, intent, now),
  };
  return { ...known, sales: notedSales(known, intent, now) };
}

/** Orders that IBKR holds without working them, or says what is not known here. */
function heldOrders(
  register: Register,
  { id, conid, state, ibkrStatus }: OrderIntent,
  now: Date,
): Register['held'] {
  const { [id]: own, ...others } = register.held;
  if (state !== 'working' || !isHeld(ibkrStatus)) return others;
  return { ...others, [id]: own ?? { conid, since: now.getTime() } };
}

/** An intent on the contract that IBKR holds, for a day at most, and may work again. */
export function heldOn(register: Register, conid: number, now: Date): string | null {
  const held = Object.entries(register.held).find(
    ([, known]) => known.conid === conid && now.getTime() - known.since < HELD_MS,
  );
  return held?.[0] ?? null;
}

function openFates(register: Register, { id, conid, state }: OrderIntent, now: Date): Register['open'] {
  const { [id]: _, ...others } = register.open;
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
export function aheadOf(register: Register, intentId: string, now: Date): number {
  const own = register.open[intentId];
  return Object.values(register.open).filter(
    ({ state, since }) => state === 'sending' && since < (own?.since ?? 0) && now.getTime() - since < TURN_MS,
  ).length;
}

/** Whether some order of the connection is being sent. */
export function isAnySending({ open }: Register, now: Date): boolean {
  return Object.values(open).some(
    ({ state, since }) => state === 'sending' && now.getTime() - since < TURN_MS,
  );
}

/** An intent on the contract whose fate is not known, or whose process did not say in time what became of it. */
export function unresolvedOn(
  register: Register,
  conid: number,
  now: Date,
  exceptIntentId?: string,
): string | null {
  for (const [intentId, open] of Object.entries(register.open)) {
    if (open.conid !== conid || intentId === exceptIntentId) continue;
    if (open.state === 'unknown' || now.getTime() - open.since >= TURN_MS) return intentId;
  }
  return null;
}

/** Remembers an order until it is over, so that asking for the same again finds it instead of making another. */
export function remembered(register: Register, { id, guardKeys }: OrderIntent, now: Date): Register {
  const fresh = Object.entries(register.recent).filter(
    ([, { until }]) => until === null || now.getTime() < until,
  );
  const own = guardKeys.map((key) => [key, { intentId: id, until: null }] as const);
  return { ...register, recent: { ...Object.fromEntries(fresh), ...Object.fromEntries(own) } };
}

/** Remembers an order that is over for as long as asking for the same again may be a repetition. */
export function rememberedUntil(register: Register, intentId: string, until: Date): Register {
  const recent = Object.entries(register.recent).map(([key, known]) => [
    key,
    known.intentId === intentId ? { ...known, until: until.getTime() } : known,
  ]);
  return { ...register, recent: Object.fromEntries(recent) };
}

/** The order of a moment ago, or not over yet, that one of these keys is of. */
export function recentlyAsked({ recent }: Register, guardKeys: readonly string[], now: Date): string | null {
  const known = guardKeys
    .map((key) => recent[key])
    .find((one) => one !== undefined && (one.until === null || now.getTime() < one.until));
  return known?.intentId ?? null;
}

/** Forgets an order that certainly does not exist: whoever asks for it again wants a first one. */
export function forgotten(register: Register, intentId: string): Register {
  const others = Object.entries(register.recent).filter(([, recent]) => recent.intentId !== intentId);
  return { ...register, recent: Object.fromEntries(others) };
}
