/** `/api/apps`: the hosts that a person let use a connection. */
import type { Firestore } from 'firebase-admin/firestore';
import { Hono } from 'hono';
import { z } from 'zod';
import { APPROVAL_MODES, limitsSchema } from '../orders/trading-rules.ts';
import { changeGrantRules, findOwnGrant, type Grant, listGrants, revokeGrant } from '../store/grants.ts';
import { ApiError, notFound } from './api-error.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

const query = z.object({ connectionId: z.string().min(1).optional() });

/** Each replaced as a whole. */
const rules = z
  .strictObject({
    limits: limitsSchema.optional(),
    approval: z.enum(APPROVAL_MODES).nullable().optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'limits, approval or both');

export const appRoutes = new Hono<ConsoleEnv>()
  .get('/apps', async (context) => {
    const { data, error } = query.safeParse(context.req.query());
    if (error !== undefined) throw new ApiError(400, 'invalid_query', z.prettifyError(error));
    const ownerUid = context.get('user').uid;
    const grants = await listGrants(context.env.db, { ownerUid, ...data });
    return context.json({ items: grants.map(shown), nextCursor: null });
  })
  .patch('/apps/:grantId', async (context) => {
    const { db } = context.env;
    const { id } = await ownGrant(db, context.get('user').uid, context.req.param('grantId'));
    const { limits, approval } = await jsonBody(context, rules);
    await changeGrantRules(db, id, {
      ...(limits && { limits }),
      ...(approval !== undefined && { approval }),
    });
    return context.json({ app: shown(await ownGrant(db, context.get('user').uid, id)) });
  })
  .delete('/apps/:grantId', async (context) => {
    const { db } = context.env;
    const { id } = await ownGrant(db, context.get('user').uid, context.req.param('grantId'));
    await revokeGrant(db, id);
    return context.body(null, 204);
  });

/** @throws {ApiError} 404, also for somebody else's. */
async function ownGrant(db: Firestore, uid: string, id: string): Promise<Grant> {
  const grant = await findOwnGrant(db, uid, id);
  if (grant === null) throw notFound('app');
  return grant;
}

function shown({ id, ownerUid: _, revokedAt: __, ...grant }: Grant) {
  return { grantId: id, ...grant };
}
