/**
 * How many connections are kept alive: `npm run keep-alive -- --connections 100000 --minutes 16`, with `--hangs` while
 * IBKR does not answer.
 *
 * The schedule and the store of the service, on a clock of its own. Tasks wait in one queue for as many workers as are
 * deployed, and take as long as IBKR does. Prints the longest time between two looks at a connection in the second half,
 * what waited at most, and what it asks of Firestore.
 */
import { parseArgs } from 'node:util';
import { UPKEEP_AT_ONCE } from '../functions/src/config.ts';
import { nextTurn } from '../functions/src/jobs/keep-alive.ts';
import { enqueueKeepAlives } from '../functions/src/jobs/schedule.ts';
import { findKeepAlive, planKeepAlive } from '../functions/src/store/keep-alives.ts';
import { VirtualSessions } from './keep-alive/virtual-sessions.ts';

const MINUTE = 60_000;
/** What a look at a session takes: IBKR answers a tickle within a second, and is waited for as long as a call may take. */
const ANSWERS_IN_MS = 1_000;
const GIVEN_UP_AFTER_MS = 22_000;
/** To put the tasks of a page into the queue, side by side. */
const ENQUEUES_IN_MS = 60;

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    minutes: { type: 'string', default: '16' },
    hangs: { type: 'boolean', default: false },
  },
});
const connections = Number(values.connections);
const minutes = Number(values.minutes);
const takesMs = values.hangs ? GIVEN_UP_AFTER_MS : ANSWERS_IN_MS;

interface Task {
  connectionIds: readonly string[];
  /** When it may begin. */
  from: number;
}

const start = Date.UTC(2026, 0, 5, 15);
const sessions = new VirtualSessions(start);
const db = sessions.database();
Date.now = () => sessions.now;
const lookedAt = new Map<string, number>();
const queue: Task[] = [];
/** When each worker is free. */
const workers = Array.from({ length: UPKEEP_AT_ONCE }, () => start);
const longest = { gapMs: 0, tasks: 0, turns: 0, runMs: 0 };
let late = 0;
let looks = 0;

addSessions();
for (let minute = 0; minute < minutes; minute++) await playMinute(minute);

console.log(
  [
    `${connections} connections, ${minutes} minutes, IBKR ${values.hangs ? 'hangs' : 'answers'}:`,
    `longest time between two looks ${(longest.gapMs / MINUTE).toFixed(1)} minutes, ${late} over IBKR's six;`,
    `${longest.tasks} tasks waited at most, of ${longest.turns} turns; longest run of the schedule ${longest.runMs} ms;`,
    `of Firestore a look takes ${each(sessions.reads)} reads and ${each(sessions.writes)} writes, ${perSecond(sessions.writes)} writes a second`,
  ].join('\n'),
);

function each(count: number): string {
  return (count / looks).toFixed(1);
}

function perSecond(count: number): number {
  return Math.round(count / (minutes * 60));
}

/** Spread over the four minutes of a turn. */
function addSessions(): void {
  for (let index = 0; index < connections; index++) {
    const keepAliveAt = new Date(start + Math.floor((index / connections) * 4 * MINUTE));
    sessions.set(`c${index}`, { lastUsedAt: new Date(start), keepAliveAt });
  }
}

/** One run of the schedule, then what its workers come to before the next. */
async function playMinute(minute: number): Promise<void> {
  const now = start + minute * MINUTE;
  sessions.now = now;
  await enqueueKeepAlives({ db }, new Date(now), async ({ connectionIds }, delaySeconds) => {
    queue.push({ connectionIds, from: sessions.now + ENQUEUES_IN_MS + delaySeconds * 1_000 });
  });
  longest.runMs = Math.max(longest.runMs, sessions.now - now);
  queue.sort((one, other) => one.from - other.from);
  longest.tasks = Math.max(longest.tasks, queue.length);
  longest.turns = Math.max(
    longest.turns,
    queue.reduce((sum, { connectionIds }) => sum + connectionIds.length, 0),
  );
  const begunTasks = takeTasks(now + MINUTE);
  for (const { at, connectionIds } of begunTasks) {
    await Promise.all(connectionIds.map((id) => look(id, at, minute >= minutes / 2)));
  }
}

/** The tasks that begin before then, in order, with their times. A task ends when the slowest of its sessions does. */
function takeTasks(until: number): { at: number; connectionIds: readonly string[] }[] {
  const begun = [];
  for (let next = queue[0]; next !== undefined; next = queue[0]) {
    const free = workers.indexOf(Math.min(...workers));
    const at = Math.max(workers[free] ?? 0, next.from);
    if (at >= until) break;
    queue.shift();
    workers[free] = at + takesMs;
    begun.push({ at, connectionIds: next.connectionIds });
  }
  return begun;
}

async function look(id: string, at: number, isCounted: boolean): Promise<void> {
  const turn = await findKeepAlive(db, id);
  if (turn === null) return;
  looks += 1;
  const before = lookedAt.get(id) ?? start;
  lookedAt.set(id, at);
  if (isCounted) {
    longest.gapMs = Math.max(longest.gapMs, at - before);
    if (at - before > 6 * MINUTE) late += 1;
  }
  const failures = values.hangs ? turn.failures + 1 : 0;
  const trouble = values.hangs ? { code: 'ibkr_unavailable', at } : null;
  await planKeepAlive(
    db,
    { id, ownerUid: 'owner' },
    { at: nextTurn(new Date(at), failures), failures, trouble },
  );
}
