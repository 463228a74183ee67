/** `/api/apps`: the hosts that a person let use a connection. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { APPROVAL_MODES } from '../contract/approval.ts';
import { limitsSchema } from '../contract/limits.ts';
import { done, type OwnerAct } from '../http/owner-acts.ts';
import { recordId } from '../record-id.ts';
import { findConnection } from '../store/connections.ts';
import { changeGrantRules, findOwnGrant, type Grant, listGrants, revokeGrant } from '../store/grants.ts';
import { notFound } from './api-error.ts';
import type { ConsoleEnv } from './environment.ts';
import { recordOwnCall } from './owner-acts.ts';
import { jsonBody } from './request-body.ts';
import { queryParameters } from './request-query.ts';

const query = z.object({ connectionId: recordId.optional() });

/** Each replaced as a whole. */
const rules = z
  .strictObject({
    limits: limitsSchema.exactOptional(),
    approval: z.enum(APPROVAL_MODES).nullable().exactOptional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'limits, approval or both');

export const appRoutes = new Hono<ConsoleEnv>()
  .get('/apps', async (context) => {
    const { connectionId } = queryParameters(context, query);
    const ownerUid = context.get('user').uid;
    const grants = await listGrants(context.env.db, { ownerUid, connectionId });
    return context.json({ items: grants.map(shown), nextCursor: null });
  })
  .patch('/apps/:grantId', async (context) => {
    const grant = await ownGrant(context);
    const changes = await jsonBody(context, rules);
    await changeGrantRules(context.env.db, grant.id, changes);
    await record(context, grant, 'app.change', changes);
    return context.json({ app: shown(await ownGrant(context)) });
  })
  .delete('/apps/:grantId', async (context) => {
    const grant = await ownGrant(context);
    await revokeGrant(context.env.db, grant.id);
    await record(context, grant, 'app.revoke');
    return context.body(null, 204);
  });

/**
 * The caller's grant that the address names.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function ownGrant(context: Context<ConsoleEnv>): Promise<Grant> {
  const id = context.req.param('grantId') ?? '';
  const grant = await findOwnGrant(context.env.db, context.get('user').uid, id);
  if (grant === null) throw notFound('app');
  return grant;
}

async function record(
  context: Context<ConsoleEnv>,
  { connectionId, clientName }: Grant,
  act: OwnerAct,
  changes: object = {},
): Promise<void> {
  const connection = await findConnection(context.env.db, context.get('user').uid, connectionId);
  if (connection === null) return;
  await recordOwnCall(context, done(connection, act, { label: clientName, ...changes }));
}

function shown({ id, ownerUid: _, revokedAt: __, ...grant }: Grant) {
  return { grantId: id, ...grant };
}
