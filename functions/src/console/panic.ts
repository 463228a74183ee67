/** `POST /api/connections/:id/panic`: no more orders, no more keys, and every working order cancelled. */
import { Hono } from 'hono';
import { cancelAllOrders, declineWaiting, isCalm } from '../orders/panic.ts';
import { revokeAllApiKeys } from '../store/api-keys.ts';
import { updateConnection } from '../store/connections.ts';
import { revokeConnectionGrants } from '../store/grants.ts';
import { notePanic } from '../store/panics.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';

export const panicRoutes = new Hono<ConsoleEnv>().post('/connections/:id/panic', async (context) => {
  const service = context.env;
  const connection = await ownConnection(context);
  // What needs no IBKR comes first: it works however slow IBKR is.
  const limits = { ...connection.limits, trading: false };
  await updateConnection(service.db, connection.id, { limits });
  const declined = await declineWaiting(service.db, connection.id, context.get('user').email);
  const revokedKeys = await revokeAllApiKeys(service.db, connection.id);
  const revokedApps = await revokeConnectionGrants(service.db, connection);
  await notePanic(service.db, connection.id, true);
  const report = await cancelAllOrders(await ibkrClientInUse(service, connection));
  const isDone = isCalm(report);
  if (isDone) await notePanic(service.db, connection.id, false);
  return context.json({ trading: false, declined, revokedKeys, revokedApps, ...report, retrying: !isDone });
});
