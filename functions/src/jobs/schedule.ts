/** Once a minute: hands every session that is due to the task queue, many to a task. */

import { UPKEEP_AT_ONCE } from '../config.ts';
import type { IbkrAccess } from '../connections/pool.ts';
import * as logger from '../http/logging/logger.ts';
import { countGivenTurns, returnKeepAlives, takeKeepAlives } from '../store/keep-alives.ts';

/** Those of a task are looked at side by side, so that it takes as long as the slowest. */
const A_TASK = 20;
const SESSIONS_A_PAGE = 500;
/** Then the next run goes on: the function ends after 60 s. */
const WORKS_FOR_MS = 40_000;
/** A turn is given to another task when the first has not come for so long, and for twice as long as it may wait. */
const WAITS_AT_LEAST_MS = 10 * 60_000;
/** The schedule comes every minute, and IBKR ends a session two minutes after its turn. */
const LATE_MS = 2 * 60_000;
/** What a task takes while IBKR does not answer. */
const TASK_TAKES_MS = 22_000;
/** The tasks of one run are spread over this time, so that IBKR does not see all tickles at once. */
const SPREAD_MS = 30_000;

/** Whose sessions or orders a task is to look after. */
export interface UpkeepTask {
  connectionIds: readonly string[];
}

/** Puts one task into a queue. */
export type Enqueue<Task = UpkeepTask> = (task: Task, delaySeconds: number) => Promise<unknown>;

/**
 * Gives every session that is due to a task.
 * @returns how many there were.
 * @throws what the first of the tasks failed with that could not be enqueued; the others are.
 */
export async function enqueueKeepAlives(
  { db }: Pick<IbkrAccess, 'db'>,
  now: Date,
  enqueue: Enqueue,
): Promise<number> {
  const begunAt = Date.now();
  const waiting = await countGivenTurns(db);
  for (let sessions = 0; ; ) {
    const again = new Date(now.getTime() + waitsAtMost(waiting + sessions + SESSIONS_A_PAGE));
    const { connectionIds: taken, dueSince } = await takeKeepAlives(db, now, SESSIONS_A_PAGE, again);
    const lateMs = now.getTime() - (dueSince ?? now).getTime();
    if (lateMs > LATE_MS)
      logger.log('keep_alive_late', { seconds: Math.floor(lateMs / 1_000), sessions: taken.length });
    sessions += taken.length;
    const left = Math.max(0, begunAt + SPREAD_MS - Date.now());
    await giveToTasks(
      taken,
      (connectionIds) => enqueue({ connectionIds }, Math.floor((Math.random() * left) / 1_000)),
      (failed) => returnKeepAlives(db, failed, now),
    );
    if (taken.length < SESSIONS_A_PAGE) return sessions;
    if (Date.now() - begunAt > WORKS_FOR_MS) {
      logger.log('keep_alive_continues', { sessions });
      return sessions;
    }
  }
}

/** For how long the last of so many turns is not given again, so that no more wait in the queue than there are sessions. */
function waitsAtMost(turns: number): number {
  return Math.max(WAITS_AT_LEAST_MS, (2 * TASK_TAKES_MS * turns) / (A_TASK * UPKEEP_AT_ONCE));
}

/**
 * Gives all of them to tasks.
 * @param takeBack Told of those that could not be enqueued.
 * @param aTask How many to each; twenty where it is left out.
 * @throws what the first of these failed with; the others are enqueued.
 */
export async function giveToTasks(
  ids: readonly string[],
  give: (part: string[]) => Promise<unknown>,
  takeBack: (failed: string[]) => Promise<unknown>,
  aTask = A_TASK,
): Promise<void> {
  const parts = partsOf(ids, aTask);
  const given = await Promise.allSettled(parts.map(give));
  const failure = given.find((each) => each.status === 'rejected');
  if (failure === undefined) return;
  await takeBack(parts.filter((_, index) => given[index]?.status === 'rejected').flat());
  throw failure.reason;
}

/** What is given to tasks, twenty to each. */
export function partsOf(ids: readonly string[], aTask = A_TASK): string[][] {
  return Array.from({ length: Math.ceil(ids.length / aTask) }, (_, index) =>
    ids.slice(index * aTask, (index + 1) * aTask),
  );
}
