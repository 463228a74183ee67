/** `/api/connections/:id/intents` and `/api/intents/:id`: orders that wait for their owner, and their lives. */
import { Hono } from 'hono';
import { z } from 'zod';
import { toolContext } from '../connections/call-context.ts';
import { GatewayError } from '../errors.ts';
import type { OwnerAct } from '../http/owner-acts.ts';
import type { Service } from '../service.ts';
import { findConnection } from '../store/connections.ts';
import { findAppRules } from '../store/credentials.ts';
import { findOwnIntent, listIntents, listNewestIntents } from '../store/order-intents.ts';
import { factsNow } from '../tools/orders/order-review.ts';
import type { OrderIntent } from '../trading/domain/intent.ts';
import { intendedOrder, orderSentence, orderWords } from '../trading/domain/order.ts';
import { refresh } from '../trading/engine/reconcile.ts';
import { acceptWarnings, approve, rejectWaiting } from '../trading/engine/submit.ts';
import { tradingContext } from '../trading/engine/submit-context.ts';
import { notFound } from './api-error.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';
import { recordedDecision } from './owner-acts.ts';
import { jsonBody } from './request-body.ts';
import { queryParameters } from './request-query.ts';

const MOST_LISTED = 100;

/** `waiting=true`: those that wait for their owner, or for an answer to IBKR's question, however old. */
const listed = z.object({ waiting: z.enum(['true', 'false']).default('false') });

const decision = z.discriminatedUnion('decision', [
  /** `orderHash` of the order the person saw: a yes to anything else is none. */
  z.strictObject({ decision: z.literal('approve'), orderHash: z.string().length(64) }),
  /** `replyId` of IBKR's question that the person saw. */
  z.strictObject({ decision: z.literal('accept_warnings'), replyId: z.string().min(1).max(200) }),
  z.strictObject({ decision: z.literal('reject') }),
]);

const ACTS = {
  approve: 'order.approve',
  accept_warnings: 'order.accept_warnings',
  reject: 'order.reject',
} as const satisfies Record<string, OwnerAct>;

export const intentRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/intents', async (context) => {
    const { id } = await ownConnection(context);
    const { db } = context.env;
    const intents =
      queryParameters(context, listed).waiting === 'true'
        ? (await listIntents(db, id, ['awaiting_approval', 'needs_reply'])).reverse()
        : await listNewestIntents(db, id, MOST_LISTED);
    return context.json({ items: intents.map(shown), nextCursor: null });
  })
  .get('/intents/:id', async (context) => {
    const { intent, tools } = await ownIntent(context.env, context.get('user').uid, context.req.param('id'));
    return context.json({ intent: shown(await refresh(tradingContext(tools), intent)) });
  })
  .post('/intents/:id', async (context) => {
    const { uid, email } = context.get('user');
    const asked = await ownIntent(context.env, uid, context.req.param('id'));
    const answer = await jsonBody(context, decision);
    const { intent, tools } = asked;
    const act = {
      connection: tools.connection,
      act: ACTS[answer.decision],
      // An audit record holds no account number.
      order: orderWords(intendedOrder(intent)),
      intentId: intent.id,
    };
    const now = await recordedDecision(context, act, () => decided(asked, answer, email));
    return context.json({ intent: shown(now) });
  });

/** Does what the owner decided. A no needs no IBKR: it holds also when IBKR cannot be reached. */
async function decided(
  { intent, tools, hasEnded }: Awaited<ReturnType<typeof ownIntent>>,
  answer: z.output<typeof decision>,
  by: string,
): Promise<OrderIntent> {
  const trading = tradingContext(tools);
  if (answer.decision === 'reject') return rejectWaiting(trading, intent, by);
  if (hasEnded) throw askedByNobody(intent);
  const yes = { intentId: intent.id, by, facts: await factsNow(tools, intent) };
  return answer.decision === 'approve'
    ? approve(trading, yes, answer.orderHash)
    : acceptWarnings(trading, yes, answer.replyId);
}

function askedByNobody({ app }: OrderIntent): GatewayError {
  return new GatewayError(
    'approval_expired',
    `The key or app that asked for this order${app.label === '' ? '' : `, ${app.label},`} was revoked or has expired since.`,
    'Decline the order. If it is still wanted, have an app that is connected place it.',
  );
}

/**
 * An owner's intent, and the tools of the app that asked, under the rules that hold for it now, unless it has ended.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function ownIntent(service: Service, uid: string, id: string) {
  const { db } = service;
  const intent = await findOwnIntent(db, uid, id);
  const connection = intent && (await findConnection(db, uid, intent.connectionId));
  if (intent === null || connection === null) throw notFound('order');
  const rules = await findAppRules(
    db,
    { ...intent.app, ownerUid: uid, connectionId: connection.id },
    new Date(),
  );
  const app = { ...intent.app, ...(rules ?? { limits: {}, approval: null }) };
  return { intent, tools: await toolContext(service, connection, app), hasEnded: rules === null };
}

function shown(intent: OrderIntent) {
  const { order, preview, connectionId, ...rest } = intent;
  const { ownerUid: _, cOID: __, countedOn: ___, nextLookAt: ____, sales: _____, ...life } = rest;
  return {
    ...life,
    connectionId,
    order: intendedOrder(intent),
    sentence: orderSentence(intendedOrder(intent)),
    preview: preview === null ? null : JSON.parse(preview),
  };
}
