/** `/api/connections/:id/intents`, `/api/intents?waiting=true` and `/api/intents/:id`: orders that wait for their owner, and their lives. */

import { Hono } from 'hono';
import { z } from 'zod';
import { toolContext } from '../../connections/call-context.ts';
import type { OwnerAct } from '../../contract/audit.ts';
import {
  type Intent,
  type IntentDecision,
  type IntentList,
  intentDecision,
  proposedOrder,
  type ShownIntent,
} from '../../contract/orders/intent.ts';
import { orderWords } from '../../contract/orders/order-sentence.ts';
import { type OrderWarning, orderPreview } from '../../contract/tool-outputs/preview.ts';
import { GatewayError } from '../../errors.ts';
import { noticeOrderChanges } from '../../http/noticed-changes.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import type { Service } from '../../service.ts';
import { findConnection } from '../../store/connections.ts';
import { findAppRules } from '../../store/credentials/credentials.ts';
import { withDeadline } from '../../store/database/in-time.ts';
import {
  findOwnIntent,
  listIntents,
  listNewestIntents,
  listWaitingIntents,
} from '../../store/orders/order-intents.ts';
import { riskInputsNow } from '../../tools/orders/risk-inputs-now.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { WAITING_STATES } from '../../trading/domain/intent-states.ts';
import { intendedOrder, intentSentence } from '../../trading/domain/order.ts';
import { acceptWarnings, approve, rejectWaiting } from '../../trading/engine/submit.ts';
import { tradingContext } from '../../trading/engine/submit-context.ts';
import { lookAt } from '../../trading/engine/working-orders.ts';
import { plan, recordedDecision } from '../acts/owner-acts.ts';
import { pickFields } from '../pick-fields.ts';
import { notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { jsonBody } from '../requests/request-body.ts';
import { queryParameters } from '../requests/request-query.ts';
import { ownConnection } from './connections.ts';

const MOST_LISTED = 100;

/** `waiting=true`: those that wait for their owner, or for an answer to IBKR's question, however old. */
const listed = z.object({ waiting: z.enum(['true', 'false']).default('false') });

/** Of all connections only those: an owner has any number of others. */
const listedOfAll = z.object({ waiting: z.literal('true').default('true') });

const ACTS = {
  approve: 'order.approve',
  accept_warnings: 'order.accept_warnings',
  reject: 'order.reject',
} as const satisfies Record<IntentDecision['decision'], OwnerAct>;

export const intentRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/intents', async (context) => {
    const connection = await ownConnection(context);
    const { id } = connection;
    const { db } = context.env;
    const { waiting } = queryParameters(context, listed);
    if (waiting === 'false') await noticeOrderChanges(context.env, connection);
    const intents =
      waiting === 'true'
        ? (await listIntents(db, id, WAITING_STATES)).reverse()
        : await listNewestIntents(db, id, MOST_LISTED);
    return context.json({ items: intents.map(intentAnswer), nextCursor: null } satisfies IntentList);
  })
  .get('/intents', async (context) => {
    queryParameters(context, listedOfAll);
    const intents = (await listWaitingIntents(context.env.db, context.get('user').uid)).reverse();
    return context.json({ items: intents.map(intentAnswer), nextCursor: null } satisfies IntentList);
  })
  .get('/intents/:id', async (context) => {
    const { intent, tools } = await withDeadline(
      ownIntent(context.env, context.get('user').uid, context.req.param('id')),
    );
    const now = await lookAt(tradingContext(tools), intent, new Date());
    return context.json({ intent: intentAnswer(now) } satisfies ShownIntent);
  })
  .post('/intents/:id', async (context) => {
    const user = context.get('user');
    const { uid, email } = user;
    const asked = await withDeadline(ownIntent(context.env, uid, context.req.param('id')));
    const { intent, tools } = asked;
    context.set('connection', tools.connection);
    const answer = await jsonBody(context, intentDecision);
    const decision = plan(context, {
      connection: tools.connection,
      act: ACTS[answer.decision],
      // An audit record holds no account number.
      args: { order: orderWords(intendedOrder(intent)) },
      intentId: intent.id,
    });
    if (answer.decision !== 'reject' && tools.connection.mode === 'live') {
      await needsFreshSignIn(context.env.db, 'approve', user);
    }
    const now = await recordedDecision(context, decision, () => carryOut(asked, answer, email));
    return context.json({ intent: intentAnswer(now) } satisfies ShownIntent);
  });

/** Does what the owner decided. A no needs no IBKR: it holds also when IBKR cannot be reached. */
async function carryOut(
  { intent, tools, hasEnded }: Awaited<ReturnType<typeof ownIntent>>,
  answer: IntentDecision,
  by: string,
): Promise<OrderIntent> {
  const trading = tradingContext(tools);
  if (answer.decision === 'reject') return rejectWaiting(trading, intent, by);
  if (hasEnded) throw askedByNobody(intent);
  const yes = { intentId: intent.id, by, inputs: await riskInputsNow(tools, intent, answer) };
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
  if (intent === null || connection === null) throw notFoundError('order');
  const rules = await findAppRules(
    db,
    { ...intent.app, ownerUid: uid, connectionId: connection.id },
    new Date(),
  );
  const app = { ...intent.app, ...(rules ?? { limits: {}, approval: null }) };
  return { intent, tools: await toolContext(service, connection, app), hasEnded: rules === null };
}

function intentAnswer(intent: OrderIntent): Intent {
  const { app, approval, question } = intent;
  const order = intendedOrder(intent);
  return {
    id: intent.id,
    app: { id: app.id, label: app.label, name: app.name, source: app.source },
    orderHash: intent.orderHash,
    state: intent.state,
    approval: {
      expiresAt: approval.expiresAt?.toISOString() ?? null,
      by: approval.by,
      at: approval.at?.toISOString() ?? null,
    },
    question: question && {
      replyId: question.replyId,
      warnings: question.warnings.map(warningAnswer),
      expiresAt: question.expiresAt.toISOString(),
    },
    acceptedWarnings: intent.acceptedWarnings.map(warningAnswer),
    ibkrOrderId: intent.ibkrOrderId,
    notTaken: intent.notTaken,
    filledQuantity: intent.filledQuantity,
    averagePrice: intent.averagePrice,
    reason: intent.reason,
    createdAt: intent.createdAt.toISOString(),
    updatedAt: intent.updatedAt.toISOString(),
    history: intent.history.map(({ at, state, note }) => ({ at: at.toISOString(), state, note })),
    connectionId: intent.connectionId,
    order: pickFields(proposedOrder, order),
    held: intent.held,
    sentence: intentSentence(intent),
    preview: intent.preview === null ? null : pickFields(orderPreview, JSON.parse(intent.preview)),
  };
}

function warningAnswer({ id, text }: OrderWarning): OrderWarning {
  return { id, text };
}
