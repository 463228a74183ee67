/** `POST /api/connections/:id/panic`: no more orders, keys or apps, and every working order cancelled. */

import { Hono } from 'hono';
import { ibkrClientInUse } from '../../connections/pool.ts';
import type { StopResult } from '../../contract/connection.ts';
import * as logger from '../../http/logging/logger.ts';
import { recordOfAct } from '../../http/users/owner-acts.ts';
import { revokeAllApiKeys } from '../../store/credentials/api-keys.ts';
import { revokeConnectionGrants } from '../../store/credentials/grants.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { cancelAllOrders, declineWaiting } from '../../trading/kill-switch/kill-switch.ts';
import { recordOwnCall } from '../acts/owner-acts.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { ownConnection } from './connections.ts';

export const panicRoutes = new Hono<ConsoleEnv>().post('/connections/:id/panic', async (context) => {
  const service = context.env;
  const connection = await ownConnection(context);
  // What needs no IBKR comes first: it works however slow IBKR is.
  await beginPanic(service.db, connection.id);
  const revokedKeys = await revokeAllApiKeys(service.db, { connectionId: connection.id });
  const revokedApps = await revokeConnectionGrants(service.db, connection);
  // There may be many, none of which is sent any more.
  const { email } = context.get('user');
  const { declined, questions, failures } = await declineWaiting(service.db, connection.id, email);
  for (const failure of failures) logger.log('waiting_order_unended', failure);
  await recordOwnCall(context, recordOfAct(connection, 'panic', { declined, revokedKeys, revokedApps }));
  const ibkr = await ibkrClientInUse(service, connection);
  const report = await cancelAllOrders(service.db, connection.id, ibkr, questions);
  return context.json({
    trading: false,
    declined,
    revokedKeys,
    revokedApps,
    cancelling: report.cancelling.map(({ orderId, accountId }) => ({ orderId, accountId })),
    failed: report.failed.map(({ orderId, accountId, reason }) => ({ orderId, accountId, reason })),
    unlisted: report.unlisted,
    remaining: report.remaining,
    accountsLeft: report.accountsLeft,
    retrying: report.retrying,
  } satisfies StopResult);
});
