/** `/api/connections/:id/intents` and `/api/intents/:id`: orders that wait for their owner, and their lives. */
import { Hono } from 'hono';
import { z } from 'zod';
import { acceptWarnings, approve, refuse } from '../orders/placing.ts';
import { intendedOrder, orderSentence } from '../orders/proposed-order.ts';
import { refresh } from '../orders/reconciliation.ts';
import type { Service } from '../service.ts';
import { type Connection, findConnection } from '../store/connections.ts';
import { findAppRules } from '../store/credentials.ts';
import { findOwnIntent, INTENT_STATES, listIntents, type OrderIntent } from '../store/order-intents.ts';
import { loginAccounts } from '../tools/context.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import { tradingDesk } from '../tools/trading-desk.ts';
import { notFound } from './api-error.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

const decision = z.discriminatedUnion('decision', [
  /** `orderHash` of the order the person saw: a yes to anything else is none. */
  z.strictObject({ decision: z.literal('approve'), orderHash: z.string().length(64) }),
  z.strictObject({ decision: z.literal('reject') }),
]);

export const intentRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/intents', async (context) => {
    const { id } = await ownConnection(context);
    const intents = await listIntents(context.env.db, id, INTENT_STATES);
    return context.json({ items: intents.reverse().slice(0, 100).map(shown), nextCursor: null });
  })
  .get('/intents/:id', async (context) => {
    const { intent, connection } = await ownIntent(
      context.env,
      context.get('user').uid,
      context.req.param('id'),
    );
    const desk = await ownersDesk(context.env, connection, intent);
    return context.json({ intent: shown(await refresh(desk, intent)) });
  })
  .post('/intents/:id', async (context) => {
    const { intent, connection } = await ownIntent(
      context.env,
      context.get('user').uid,
      context.req.param('id'),
    );
    const answer = await jsonBody(context, decision);
    const desk = await ownersDesk(context.env, connection, intent);
    const by = context.get('user').email;
    if (answer.decision === 'reject') return context.json({ intent: shown(await refuse(desk, intent, by)) });
    const decided =
      intent.state === 'needs_reply'
        ? await acceptWarnings(desk, intent, by)
        : await approve(desk, intent, answer.orderHash, by);
    return context.json({ intent: shown(decided) });
  });

/** @throws {ApiError} 404, also for somebody else's. */
async function ownIntent(service: Service, uid: string, id: string) {
  const intent = await findOwnIntent(service.db, uid, id);
  const connection = intent && (await findConnection(service.db, uid, intent.connectionId));
  if (intent === null || connection === null) throw notFound('order');
  return { intent, connection };
}

/** The desk of the app that asked, under the rules that hold for it now. */
async function ownersDesk(service: Service, connection: Connection, intent: OrderIntent) {
  const context = {
    connection,
    db: service.db,
    publicOrigin: service.publicOrigin,
    ibkr: await ibkrClientInUse(service, connection),
    app: { ...intent.app, ...(await findAppRules(service.db, intent.app)) },
  };
  await loginAccounts(context);
  return tradingDesk(context);
}

function shown(intent: OrderIntent) {
  const { order, preview, connectionId, ...rest } = intent;
  const { ownerUid: _, cOID: __, countedOn: ___, nextLookAt: ____, ...life } = rest;
  return {
    ...life,
    connectionId,
    order: intendedOrder(intent),
    sentence: orderSentence(intendedOrder(intent)),
    preview: preview === null ? null : JSON.parse(preview),
  };
}
