/** Orders that IBKR fills by itself are noticed by the schedule within the minute, and here at once while somebody looks. */
import { inWords } from '../connections/broker-words.ts';
import { type IbkrAccess, ibkrClient } from '../connections/pool.ts';
import { GatewayError } from '../errors.ts';
import type { Connection } from '../store/connections.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { listIntents } from '../store/orders/order-intents.ts';
import { noticeChanges } from '../trading/engine/working-orders.ts';
import * as logger from './logging/logger.ts';
import { looksOf } from './looks.ts';

/** Of the time that whoever looks has. */
const BUDGET_MS = 4_000;

/**
 * Brings a connection's working orders up to date, so that what happened to them is told of. Never fails for IBKR.
 * @returns whether any works.
 */
export async function noticeOrderChanges(access: IbkrAccess, connection: Connection): Promise<boolean> {
  const { db } = access;
  const { id: connectionId } = connection;
  const working = await withDeadline(listIntents(db, connectionId, ['working']));
  const looks = looksOf(db);
  if (working.length === 0 || !looks.begin(connectionId)) return working.length > 0;
  try {
    const ibkr = await ibkrClient(access, connection, BUDGET_MS);
    await noticeChanges({ db, ibkr, connectionId, acceptedWarnings: [] }, working, new Date());
  } catch (caught) {
    looks.failed(connectionId);
    const error = inWords(caught);
    if (!(error instanceof GatewayError)) throw error;
    logger.log('orders_not_looked_at', { connectionId, code: error.code });
  }
  return true;
}
