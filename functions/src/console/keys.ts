/** `/api/connections/:id/keys` and `/api/keys/:keyId`: API keys. */
import { Hono } from 'hono';
import { z } from 'zod';
import { ipRange } from '../http/ip-ranges.ts';
import { APPROVAL_MODES, limitsSchema } from '../orders/trading-rules.ts';
import {
  type ApiKey,
  type ChangeableKeyField,
  createApiKey,
  findOwnApiKey,
  listApiKeys,
  revokeApiKey,
  updateApiKey,
} from '../store/api-keys.ts';
import { ApiError, notFound } from './api-error.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

const MOST_ACTIVE_KEYS = 20;

const label = z.string().trim().min(1).max(60);

const allowedIps = z
  .array(
    z.string().transform((text, context) => {
      const range = ipRange(text);
      if (range !== null) return range;
      context.addIssue(
        `${text} is no address or range, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32`,
      );
      return z.NEVER;
    }),
  )
  .max(20);

const newKey = z.strictObject({
  label,
  scope: z.enum(['read', 'write']).default('write'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((time) => time > new Date(), 'a time in the future')
    .optional(),
  limits: limitsSchema.optional(),
  approval: z.enum(APPROVAL_MODES).optional(),
  allowedIps: allowedIps.optional(),
});

/** Limits and ranges are each replaced as a whole. */
const changedKey = z
  .strictObject({
    label,
    limits: limitsSchema,
    approval: z.enum(APPROVAL_MODES).nullable(),
    allowedIps,
  })
  .partial();

export const keyRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/keys', async (context) => {
    const keys = await listApiKeys(context.env.db, (await ownConnection(context)).id);
    return context.json({ items: keys.map(shown), nextCursor: null });
  })
  .post('/connections/:id/keys', async (context) => {
    const connection = await ownConnection(context);
    const { db } = context.env;
    const { expiresAt, limits, approval, allowedIps, ...fields } = await jsonBody(context, newKey);
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
      ...(allowedIps && { allowedIps }),
    });
    return context.json({ key: shown({ id: key.id, ...key.record }), apiKey: key.apiKey }, 201);
  })
  .patch('/keys/:keyId', async (context) => {
    const { db } = context.env;
    const find = () => findOwnApiKey(db, context.get('user').uid, context.req.param('keyId'));
    const key = await find();
    if (key === null) throw notFound('key');
    const changes: Changes = await jsonBody(context, changedKey as z.ZodType<Changes>);
    await updateApiKey(db, key.id, changes);
    return context.json({ key: shown((await find()) ?? key) });
  })
  .delete('/keys/:keyId', async (context) => {
    const revoked = await revokeApiKey(context.env.db, context.get('user').uid, context.req.param('keyId'));
    if (!revoked) throw notFound('key');
    return context.body(null, 204);
  });

type Changes = Partial<Pick<ApiKey, ChangeableKeyField>>;

function shown({ ownerUid: _, client: __, ...key }: ApiKey) {
  return key;
}
