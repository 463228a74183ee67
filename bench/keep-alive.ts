/**
 * How many connections are kept alive: `npm run keep-alive -- --connections 100000 --minutes 16`, with `--hangs` while
 * IBKR does not answer.
 *
 * The schedule and the store of the service, on a Firestore server of this machine and a clock of its own. Tasks wait in
 * one queue for as many workers as are deployed, and take as long as IBKR does. Prints the longest time between two looks
 * at a connection in the second half, and what waited at most.
 */
import { parseArgs } from 'node:util';
import { Firestore } from 'firebase-admin/firestore';
import { UPKEEP_AT_ONCE } from '../functions/src/config.ts';
import { nextTurn } from '../functions/src/jobs/keep-alive.ts';
import { enqueueKeepAlives } from '../functions/src/jobs/schedule.ts';
import { findKeepAlive, planKeepAlive } from '../functions/src/store/keep-alives.ts';
import { skipMetadataServer } from '../local/src/config.ts';
import { startFirestoreServer } from '../local/src/firestore/server.ts';

const MINUTE = 60_000;
/** What a look at a session takes: IBKR answers a tickle within a second, and is waited for as long as a call may take. */
const ANSWERS_IN_MS = 1_000;
const GIVEN_UP_AFTER_MS = 22_000;

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

skipMetadataServer();
const server = await startFirestoreServer({ port: 0 });
const db = new Firestore({ projectId: 'demo-bench', host: `127.0.0.1:${server.port}`, ssl: false });

const start = Date.UTC(2026, 0, 5, 15);
const lookedAt = new Map<string, number>();
const queue: Task[] = [];
/** When each worker is free. */
const workers = Array.from({ length: UPKEEP_AT_ONCE }, () => start);
const longest = { gapMs: 0, tasks: 0, turns: 0, runMs: 0 };
let late = 0;

await addSessions();
for (let minute = 0; minute < minutes; minute++) await playMinute(minute);
await db.terminate();
await server.stop();

console.log(
  [
    `${connections} connections, ${minutes} minutes, IBKR ${values.hangs ? 'hangs' : 'answers'}:`,
    `longest time between two looks ${(longest.gapMs / MINUTE).toFixed(1)} minutes, ${late} over IBKR's six;`,
    `${longest.tasks} tasks waited at most, of ${longest.turns} turns; longest run of the schedule ${longest.runMs} ms`,
  ].join('\n'),
);

/** Spread over the four minutes of a turn. */
async function addSessions(): Promise<void> {
  const writer = db.bulkWriter({ throttling: false });
  for (let index = 0; index < connections; index++) {
    const id = `c${index}`;
    const keepAliveAt = new Date(start + Math.floor((index / connections) * 4 * MINUTE));
    void writer.set(db.collection('sessions').doc(id), { lastUsedAt: new Date(start), keepAliveAt });
  }
  await writer.close();
}

/** One run of the schedule, then what its workers come to before the next. */
async function playMinute(minute: number): Promise<void> {
  const now = start + minute * MINUTE;
  const begun = performance.now();
  await enqueueKeepAlives({ db }, new Date(now), async ({ connectionIds }, delaySeconds) => {
    // What the run has taken so far, it takes in the cloud as well.
    queue.push({ connectionIds, from: now + (performance.now() - begun) + delaySeconds * 1_000 });
  });
  longest.runMs = Math.max(longest.runMs, Math.round(performance.now() - begun));
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
  const before = lookedAt.get(id) ?? start;
  lookedAt.set(id, at);
  if (isCounted) {
    longest.gapMs = Math.max(longest.gapMs, at - before);
    if (at - before > 6 * MINUTE) late += 1;
  }
  const failures = values.hangs ? turn.failures + 1 : 0;
  const trouble = values.hangs ? { code: 'ibkr_unavailable', at } : null;
  await planKeepAlive(db, id, { at: nextTurn(new Date(at), failures), failures, trouble });
}
