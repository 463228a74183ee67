/** Orders that IBKR fills by itself are noticed by the schedule within the minute, and here at once while somebody looks. */
import { LRUCache } from 'lru-cache';
import { inWords } from '../connections/broker-words.ts';
import { type IbkrAccess, ibkrClient } from '../connections/pool.ts';
import { GatewayError } from '../errors.ts';
import type { Connection } from '../store/connections.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { perDatabase } from '../store/database/per-database.ts';
import { listIntents } from '../store/order-intents.ts';
import { noticeChanges } from '../trading/engine/working-orders.ts';
import * as logger from './logging/logger.ts';

/** Whoever looks more often is told what is known. */
const LOOKS_EVERY_MS = 4_000;
/** Where IBKR did not answer, it is left in peace for as long as the schedule leaves it. */
const AFTER_FAILURE_MS = 60_000;
/** Of the time that whoever looks has. */
const BUDGET_MS = 4_000;

/** Which connections were looked at just now by this process. */
const lookedAt = perDatabase(() => new LRUCache<string, true>({ max: 10_000, ttl: LOOKS_EVERY_MS }));

/**
 * Brings a connection's working orders up to date, so that what happened to them is told of. Never fails for IBKR.
 * @returns whether any works.
 */
export async function noticeOrderChanges(access: IbkrAccess, connection: Connection): Promise<boolean> {
  const { db } = access;
  const { id: connectionId } = connection;
  const working = await withDeadline(listIntents(db, connectionId, ['working']));
  const seen = lookedAt(db);
  if (working.length === 0 || seen.has(connectionId)) return working.length > 0;
  seen.set(connectionId, true);
  try {
    const ibkr = await ibkrClient(access, connection, BUDGET_MS);
    await noticeChanges({ db, ibkr, connectionId, acceptedWarnings: [] }, working, new Date());
  } catch (caught) {
    seen.set(connectionId, true, { ttl: AFTER_FAILURE_MS });
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    logger.info('Orders could not be looked at', { connectionId, code: error.code });
  }
  return true;
}
