/** `/api/connections/:id/keys` and `/api/keys/:keyId`: API keys. */

import { type Context, Hono } from 'hono';
import { z } from 'zod';
import {
  type ApiKey as ApiKeyAnswer,
  type ApiKeyList,
  apiKeyChanges,
  type ChangedApiKey,
  type CreatedApiKey,
  newApiKey,
} from '../../contract/access/api-key.ts';
import { MOST_ADDRESS_RANGES } from '../../contract/rules/bounds.ts';
import { storedLimits } from '../../contract/rules/limits.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import { noConnection, recordOfAct } from '../../http/users/owner-acts.ts';
import { ipRange } from '../../network/ip-ranges.ts';
import type { Concerned } from '../../store/audit.ts';
import { findConnection, isStillThere } from '../../store/connections.ts';
import {
  type ApiKey,
  createApiKey,
  findOwnApiKey,
  listApiKeys,
  revokeApiKey,
  TooManyKeys,
  updateApiKey,
} from '../../store/credentials/api-keys.ts';
import { makeCheckedChange, makeRecorded, plan, recordOwnCall } from '../acts/owner-acts.ts';
import { pickFields } from '../pick-fields.ts';
import { ApiError, notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { isWiderKey } from '../requests/fresh-sign-in.ts';
import { moment } from '../requests/moment.ts';
import { jsonBody } from '../requests/request-body.ts';
import { knownVersion, refuseStaleChange } from '../requests/versions.ts';
import { ownConnection } from './connections.ts';

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
  .max(MOST_ADDRESS_RANGES);

const newKey = newApiKey.extend({
  expiresAt: moment
    .refine((time) => time > new Date(), 'a time in the future')
    .nullable()
    .exactOptional(),
  allowedIps: allowedIps.exactOptional(),
});

const changedKey = apiKeyChanges.extend({ allowedIps: allowedIps.exactOptional() });

export const keyRoutes = new Hono<ConsoleEnv>()
  .get('/connections/:id/keys', async (context) => {
    const keys = await listApiKeys(context.env.db, (await ownConnection(context)).id);
    return context.json({ items: keys.map(keyAnswer), nextCursor: null } satisfies ApiKeyList);
  })
  .post('/connections/:id/keys', async (context) => {
    const connection = await ownConnection(context);
    const fields = await jsonBody(context, newKey);
    const planned = plan(context, { connection, act: 'key.create', args: { ...fields } });
    if (fields.scope === 'write') await needsFreshSignIn(context.env.db, 'widen', context.get('user'));
    const { id, apiKey, record } = await makeRecorded(
      context,
      planned,
      () => createKey(context, { connection, ...fields }),
      ({ record: { last } }) => ({ args: { ...fields, last } }),
    );
    return context.json({ key: keyAnswer({ id, ...record }), apiKey } satisfies CreatedApiKey, 201);
  })
  .patch('/keys/:keyId', async (context) => {
    const key = await ownKey(context);
    const connection = await connectionOf(context, key);
    const { version, ...changes } = await jsonBody(context, changedKey);
    const known = knownVersion(context, version);
    const { label, last } = key;
    const planned = { connection, act: 'key.change', args: { label, last, ...changes } } as const;
    const { changed, begunId } = await makeCheckedChange(context, planned, isWiderKey, (check) => {
      const change = updateApiKey(context.env.db, key.id, changes, { known, check });
      return refuseStaleChange(context, change, 'key', keyAnswer);
    });
    const { before, after, made } = changed;
    if (after !== before || begunId !== null) {
      const args = { label: before.label, last, ...made };
      await recordOwnCall(context, recordOfAct(connection, 'key.change', args, begunId));
    }
    return context.json({ key: keyAnswer(after) } satisfies ChangedApiKey);
  })
  .delete('/keys/:keyId', async (context) => {
    const key = await ownKey(context);
    await revokeApiKey(context.env.db, key);
    const { label, last } = key;
    await recordOwnCall(
      context,
      recordOfAct(await connectionOf(context, key), 'key.revoke', { label, last }),
    );
    return context.body(null, 204);
  });

/** @throws {ApiError} 409 */
async function createKey({ env }: Context<ConsoleEnv>, fields: Parameters<typeof createApiKey>[1]) {
  try {
    const key = await createApiKey(env.db, fields);
    if (!(await isStillThere(env.db, fields.connection))) throw notFoundError('connection');
    return key;
  } catch (cause) {
    if (!(cause instanceof TooManyKeys)) throw cause;
    throw new ApiError(409, 'too_many_keys', cause.message, { cause });
  }
}

/**
 * The caller's key that the address names.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function ownKey(context: Context<ConsoleEnv>): Promise<ApiKey> {
  const key = await findOwnApiKey(context.env.db, context.get('user').uid, context.req.param('keyId') ?? '');
  if (key === null) throw notFoundError('key');
  return key;
}

/** The connection of a key of the user's, for its records. */
async function connectionOf(context: Context<ConsoleEnv>, { connectionId }: ApiKey): Promise<Concerned> {
  const { uid } = context.get('user');
  const connection = (await findConnection(context.env.db, uid, connectionId)) ?? noConnection(uid);
  context.set('connection', connection);
  return connection;
}

function keyAnswer(key: ApiKey): ApiKeyAnswer {
  return {
    id: key.id,
    connectionId: key.connectionId,
    label: key.label,
    scope: key.scope,
    first: key.first,
    last: key.last,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    limits: pickFields(storedLimits, key.limits),
    approval: key.approval,
    allowedIps: key.allowedIps,
    version: key.version,
  };
}
