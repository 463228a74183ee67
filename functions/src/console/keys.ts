/** `/api/connections/:id/keys` and `/api/keys/:keyId`: API keys. */
import { Hono } from 'hono';
import { z } from 'zod';
import { APPROVAL_MODES, limitsSchema } from '../orders/trading-rules.ts';
import { type ApiKey, createApiKey, listApiKeys, revokeApiKey } from '../store/api-keys.ts';
import { ApiError, notFound } from './api-error.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

const MOST_ACTIVE_KEYS = 20;

const newKey = z.strictObject({
  label: z.string().trim().min(1).max(60),
  scope: z.enum(['read', 'write']).default('write'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((time) => time > new Date(), 'a time in the future')
    .optional(),
  limits: limitsSchema.optional(),
  approval: z.enum(APPROVAL_MODES).optional(),
});

export const keyRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/keys', async (context) => {
    const keys = await listApiKeys(context.env.db, (await ownConnection(context)).id);
    return context.json({ items: keys.map(shown), nextCursor: null });
  })
  .post('/connections/:id/keys', async (context) => {
    const connection = await ownConnection(context);
    const { db } = context.env;
    const { expiresAt, limits, approval, ...fields } = await jsonBody(context, newKey);
    const active = (await listApiKeys(db, connection.id)).filter(({ revokedAt }) => revokedAt === null);
    if (active.length >= MOST_ACTIVE_KEYS) {
      throw new ApiError(
        409,
        'too_many_keys',
        `A connection has at most ${MOST_ACTIVE_KEYS} keys. Revoke one first.`,
      );
    }
    const key = await createApiKey(db, {
      connection,
      ...fields,
      ...(expiresAt && { expiresAt }),
      ...(limits && { limits }),
      ...(approval && { approval }),
    });
    return context.json({ key: shown({ id: key.id, ...key.record }), apiKey: key.apiKey }, 201);
  })
  .delete('/keys/:keyId', async (context) => {
    const revoked = await revokeApiKey(context.env.db, context.get('user').uid, context.req.param('keyId'));
    if (!revoked) throw notFound('key');
    return context.body(null, 204);
  });

function shown({ ownerUid: _, client: __, ...key }: ApiKey) {
  return key;
}
