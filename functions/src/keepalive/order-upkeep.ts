/** One task: finds out what became of a connection's orders that nobody asked about, and finishes a panic. */
import * as logger from 'firebase-functions/logger';
import { GatewayError } from '../errors.ts';
import { cancelAllOrders, isCalm } from '../orders/panic.ts';
import { refresh } from '../orders/reconciliation.ts';
import { connectionFrom } from '../store/connections.ts';
import { connectionsWithOpenIntents, listIntents } from '../store/order-intents.ts';
import { connectionsInPanic, isInPanic, notePanic } from '../store/panics.ts';
import { type IbkrAccess, ibkrClient } from '../tools/ibkr-connections.ts';
import type { Enqueue } from './schedule.ts';

const MOST_A_RUN = 200;
/** Calls end before that: what is still open then has nobody at work on it. */
const LEFT_OPEN_MS = 60_000;

/** @returns how many tasks were enqueued. */
export async function enqueueOrderUpkeep({ db }: IbkrAccess, now: Date, enqueue: Enqueue): Promise<number> {
  const [open, inPanic] = await Promise.all([
    connectionsWithOpenIntents(db, new Date(now.getTime() - LEFT_OPEN_MS), MOST_A_RUN),
    connectionsInPanic(db, MOST_A_RUN),
  ]);
  const connections = new Set([...open, ...inPanic]);
  await Promise.all([...connections].map((connectionId) => enqueue({ connectionId }, 0)));
  return connections.size;
}

/** Looks up what is open, and cancels what a panic left working. What fails is tried again at the next run. */
export async function keepOrders(access: IbkrAccess, connectionId: string): Promise<void> {
  const { db } = access;
  const connection = connectionFrom(await db.collection('connections').doc(connectionId).get());
  if (connection === null) return;
  try {
    const open = await listIntents(db, connectionId, ['sending', 'unknown']);
    for (const intent of open) {
      const ibkr = await ibkrClient(access, connection);
      const { id, state } = await refresh({ db, ibkr, connectionId, acceptedWarnings: [] }, intent);
      logger.info('An open order was looked up', { intentId: id, state });
    }
    if (!(await isInPanic(db, connectionId))) return;
    const report = await cancelAllOrders(await ibkrClient(access, connection));
    if (isCalm(report)) await notePanic(db, connectionId, false);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    logger.info('Orders could not be looked after', { connectionId, code: error.code });
  }
}
