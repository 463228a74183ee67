/** Brings the orders of a script to rest, and reads everything that is known of them then. */
import { setTimeout as delay } from 'node:timers/promises';
import { INTENT_STATES } from '../../../functions/src/contract/orders/order-states.ts';
import { findConnection } from '../../../functions/src/store/connections.ts';
import { TRIED_FOR_MS } from '../../../functions/src/store/news/deliveries.ts';
import { listNews, type StoredNews } from '../../../functions/src/store/news/news.ts';
import { listIntents } from '../../../functions/src/store/orders/order-intents.ts';
import { readLedger } from '../../../functions/src/store/orders/trading-ledger.ts';
import type { OrderIntent } from '../../../functions/src/trading/domain/intent.ts';
import { isFinal } from '../../../functions/src/trading/domain/intent-states.ts';
import type { Answer } from '../floor/instances.ts';
import type { Delivered } from '../floor/news-receiver.ts';
import type { Account, TradingFloor, TrueExecution, TrueOrder } from '../floor/trading-floor.ts';
import { INSTRUMENTS } from '../scripts/instruments.ts';
import type { ScriptRun } from '../scripts/script-run.ts';

/** When an intent counts as left behind by its process, and a little more. */
const ABANDONED_MS = 77_000;
/** On a busy machine some looks come to nothing. */
const LOOKS_AT_MOST = 20;
/** The first pause after a 429, and a little more. */
const PAUSE_MS = 62_000;
/** Plans and cancellations have come to pass by then. */
const SETTLES_MS = 1_500;
/** The longest pause between two tries, and a little more. */
const BETWEEN_TRIES_MS = 75 * 60_000;
/** More than any script makes. */
const MOST_NEWS = 1_000;

/** All that is known of a script once nothing moves any more. */
export interface Rest {
  run: ScriptRun;
  orders: TrueOrder[];
  executions: TrueExecution[];
  /** What the service sent, by method and path. */
  requests: Record<string, number>;
  /** IBKR told the service to come back in minutes, which nobody waits for here: some fates stay open. */
  isLockedOut: boolean;
  intents: OrderIntent[];
  news: StoredNews[];
  /** What was sent of it to where its owner is told. */
  delivered: readonly Delivered[];
  ledger: Awaited<ReturnType<typeof readLedger>>['ledger'];
  /** What is said of each intent, and listed of each account, at the end. */
  told: { intent: OrderIntent; answer: Answer }[];
  listed: { account: string; answer: Answer }[];
}

/**
 * Asks for every intent until nothing about it is open. The script must be over.
 * @param times How often that was done already.
 */
export async function bringToRest(floor: TradingFloor, run: ScriptRun, times = 0): Promise<Rest> {
  const { connectionId } = run.account;
  await floor.endFaults(connectionId);
  await floor.control('DELETE', `order-plans?sandbox=${connectionId}`);
  for (const { conid } of Object.values(INSTRUMENTS))
    await floor.control('POST', 'prices', { conid, sandbox: connectionId, halted: false });
  await floor.signIn(connectionId);
  await endPause(floor, run.account);
  const key = await floor.newKey(run.account, 'none');
  await endStop(floor, run);
  let intents = await listIntents(floor.db, connectionId, INTENT_STATES);
  for (let look = 0; look < LOOKS_AT_MOST; look++) {
    const open = intents.filter(isUnsettled);
    if (open.length === 0 && look > 0) break;
    const settled = open.map(({ state, updatedAt, arrivesBy }) =>
      state === 'sending' ? updatedAt.getTime() + ABANDONED_MS : (arrivesBy?.getTime() ?? 0),
    );
    await delay(Math.max(SETTLES_MS, ...settled.map((time) => time - Date.now())));
    await endPause(floor, run.account);
    for (const { id } of intents.filter(({ state, absentSince }) => !isFinal(state) || absentSince !== null))
      await ask(floor, look, key, 'get_order_status', { intent_id: id });
    intents = await listIntents(floor.db, connectionId, INTENT_STATES);
  }
  return stillLife(floor, run, key, times);
}

/** What IBKR takes for one call too many is over in a minute; what it takes for another is not waited for. */
async function endPause(floor: TradingFloor, account: Account): Promise<void> {
  const pause = await pauseOf(floor, account);
  if (pause <= PAUSE_MS) await delay(pause);
}

/** For how long nothing is asked of IBKR still, in ms. */
async function pauseOf(floor: TradingFloor, { ownerUid, connectionId }: Account): Promise<number> {
  const connection = await findConnection(floor.db, ownerUid, connectionId);
  return Math.max(0, (connection?.pacedUntil ?? 0) - Date.now());
}

function isUnsettled({ state }: OrderIntent): boolean {
  return state === 'sending' || state === 'unknown';
}

/** The schedule goes on with a stop until nothing is left. */
async function endStop(
  floor: TradingFloor,
  { account: { ownerUid, connectionId }, stoppedAt }: ScriptRun,
): Promise<void> {
  if (stoppedAt === Number.POSITIVE_INFINITY) return;
  for (let run = 0; run < LOOKS_AT_MOST; run++) {
    const connection = await findConnection(floor.db, ownerUid, connectionId);
    if (connection?.panic?.retrying !== true) return;
    await floor.instances.owner(run, { act: 'upkeep', connectionId });
    await delay(SETTLES_MS);
  }
}

/** A busy machine may keep storage from answering in time. */
export const STORAGE = /cannot reach its storage|could not be recorded/;

/** An answer, whichever instance dies meanwhile, has been told by IBKR to wait, or had no time for it. */
async function ask(
  floor: TradingFloor,
  choice: number,
  key: string,
  tool: string,
  args: Record<string, unknown>,
  tries = 9,
): Promise<Answer> {
  const answer = await floor.instances.call(choice, key, tool, args);
  if (answer.kind === 'lost') return ask(floor, choice + 1, key, tool, args);
  const isHeldBack =
    answer.kind === 'error' &&
    (['ibkr_rate_limited', 'ibkr_timeout', 'ibkr_unavailable'].includes(answer.code) ||
      STORAGE.test(answer.message));
  return isHeldBack && tries > 0 ? ask(floor, choice + 1, key, tool, args, tries - 1) : answer;
}

/** Reads everything, and begins again if something moved between the first and the last look. */
async function stillLife(floor: TradingFloor, run: ScriptRun, key: string, times: number): Promise<Rest> {
  const { ownerUid, connectionId, numbers } = run.account;
  const before = await floor.orders(connectionId);
  const intents = await listIntents(floor.db, connectionId, INTENT_STATES);
  const told = [];
  for (const intent of intents)
    told.push({ intent, answer: await ask(floor, times, key, 'get_order_status', { intent_id: intent.id }) });
  const listed = [];
  for (const account of numbers)
    listed.push({ account, answer: await ask(floor, times, key, 'get_orders', { account_id: account }) });
  const orders = await floor.orders(connectionId);
  const { ledger } = await readLedger(floor.db, connectionId);
  const now = await listIntents(floor.db, connectionId, INTENT_STATES);
  // A call that its caller gave up on may still be under way: it asks for an order, and sends nothing.
  const isStill = same(before, orders) && same(intents.map(outline), now.map(outline));
  if (!isStill && times < LOOKS_AT_MOST) return bringToRest(floor, run, times + 1);
  const readNews = async () => (await listNews(floor.db, ownerUid, { limit: MOST_NEWS }))?.items ?? [];
  const news = await readNews();
  await tellAll(floor, run.account, news);
  const delivered = [...floor.news.receivedAt(connectionId)];
  // Such a call may also have asked for one meanwhile, of which the owner was told at once.
  const isAll = (await readNews()).length === news.length;
  if (!isAll && times < LOOKS_AT_MOST) return bringToRest(floor, run, times + 1);
  return {
    run,
    orders,
    executions: await floor.executions(connectionId),
    requests: await floor.requests(connectionId),
    isLockedOut: (await pauseOf(floor, run.account)) > 0,
    intents: now,
    news,
    delivered,
    ledger,
    told,
    listed,
  };
}

/** Has tasks send what was not taken yet, later and later, for as long as it is tried. */
async function tellAll(
  floor: TradingFloor,
  { connectionId }: Account,
  news: readonly StoredNews[],
): Promise<void> {
  for (let look = 1; look * BETWEEN_TRIES_MS < TRIED_FOR_MS; look++) {
    const taken = takenIds(floor.news.receivedAt(connectionId));
    if (news.every(({ id }) => taken.has(id))) return;
    await floor.instances.owner(look, { act: 'tell', connectionId, aheadMs: look * BETWEEN_TRIES_MS });
  }
}

/** The news that was taken, as far as its sender knows. */
export function takenIds(delivered: readonly Delivered[]): Set<string> {
  return new Set(
    delivered.filter(({ isAnswered }) => isAnswered).map(({ headers }) => String(headers['webhook-id'])),
  );
}

function outline({ id, state }: OrderIntent): [string, string] {
  return [id, state];
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
