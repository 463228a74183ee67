/** Once a minute: hands every session that is due to the task queue. */

import type { IbkrAccess } from '../connections/pool.ts';
import { deferKeepAlive, dueKeepAlives } from '../store/sessions.ts';

/** A run in which more are due leaves the rest to the next one. */
const MOST_A_RUN = 1_000;
/** A task may wait and then take this long; until then its session is not due again. */
const TASK_MS = 50_000;
/** The tasks of one run are spread over this time, so that IBKR does not see all tickles at once. */
const SPREAD_SECONDS = 30;

/** What a task is about. */
export interface UpkeepTask {
  connectionId: string;
}

/** Puts one task into a queue. */
export type Enqueue = (task: UpkeepTask, delaySeconds: number) => Promise<unknown>;

/** @returns how many tasks were enqueued. */
export async function enqueueKeepAlives(
  { db }: Pick<IbkrAccess, 'db'>,
  now: Date,
  enqueue: Enqueue,
): Promise<number> {
  const due = await dueKeepAlives(db, now, MOST_A_RUN);
  await Promise.all(
    due.map(async (connectionId) => {
      await deferKeepAlive(db, connectionId, new Date(now.getTime() + TASK_MS));
      await enqueue({ connectionId }, Math.floor(Math.random() * SPREAD_SECONDS));
    }),
  );
  return due.length;
}
