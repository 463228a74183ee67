/** A session that a call has just opened is looked after at once, not when its turn comes. */
import type { Firestore } from 'firebase-admin/firestore';
import { withDeadline } from '../store/database/in-time.ts';
import { returnKeepAlives, takeKeepAlive } from '../store/keep-alives.ts';
import * as logger from './logging/logger.ts';

/** The call that opened it waits no longer for this. */
const PATIENCE_MS = 1_000;
/** The turn comes again then, if the task is lost. */
const AGAIN_MS = 10 * 60_000;

/**
 * Has a task read what IBKR first answers empty, so that the calls that follow do not wait for its second answer. What fails
 * is logged: the schedule comes round.
 * @param enqueue Gives the connection to a task.
 */
export async function lookAfterOpened(
  db: Firestore,
  connectionId: string,
  enqueue: (connectionId: string) => Promise<void>,
): Promise<void> {
  try {
    await withDeadline(giveTurn(db, connectionId, enqueue), undefined, PATIENCE_MS);
  } catch (error) {
    logger.log('warm_up_not_at_once', { connectionId, error });
  }
}

async function giveTurn(
  db: Firestore,
  connectionId: string,
  enqueue: (connectionId: string) => Promise<void>,
): Promise<void> {
  const now = new Date();
  if (!(await takeKeepAlive(db, connectionId, now, new Date(now.getTime() + AGAIN_MS)))) return;
  try {
    await enqueue(connectionId);
  } catch (error) {
    await returnKeepAlives(db, [connectionId], now);
    throw error;
  }
}
