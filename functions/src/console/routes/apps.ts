/** `/api/apps`: the hosts that a person let use a connection. */

import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type AppList, appChanges, type ChangedApp, type ConnectedApp } from '../../contract/access/app.ts';
import { storedLimits } from '../../contract/rules/limits.ts';
import { noConnection, recordOfAct } from '../../http/users/owner-acts.ts';
import type { Concerned } from '../../store/audit.ts';
import { findConnection } from '../../store/connections.ts';
import {
  changeGrantRules,
  findOwnGrant,
  type Grant,
  listGrantsAndReplayed,
  revokeGrant,
} from '../../store/credentials/grants.ts';
import { recordId } from '../../text/record-id.ts';
import { makeCheckedChange, recordOwnCall } from '../acts/owner-acts.ts';
import { pickFields } from '../pick-fields.ts';
import { notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { isWiderApp } from '../requests/fresh-sign-in.ts';
import { jsonBody } from '../requests/request-body.ts';
import { queryParameters } from '../requests/request-query.ts';
import { knownVersion, refuseStaleChange } from '../requests/versions.ts';

const query = z.object({ connectionId: recordId.optional() });

export const appRoutes = new Hono<ConsoleEnv>()
  .get('/apps', async (context) => {
    const { connectionId } = queryParameters(context, query);
    const ownerUid = context.get('user').uid;
    const { grants, replayed } = await listGrantsAndReplayed(context.env.db, { ownerUid, connectionId });
    return context.json({
      items: grants.map(appAnswer),
      nextCursor: null,
      replayed: replayed.map(({ id, replayedAt, ...grant }) => ({
        grantId: id,
        connectionId: grant.connectionId,
        clientName: grant.clientName,
        replayedAt: replayedAt.toISOString(),
      })),
    } satisfies AppList);
  })
  .patch('/apps/:grantId', async (context) => {
    const grant = await ownGrant(context);
    const connection = await connectionOf(context, grant);
    const { version, ...changes } = await jsonBody(context, appChanges);
    const known = knownVersion(context, version);
    const { clientName: label } = grant;
    const planned = { connection, act: 'app.change', args: { label, ...changes } } as const;
    const { changed, begunId } = await makeCheckedChange(context, planned, isWiderApp, (check) => {
      const change = changeGrantRules(context.env.db, grant.id, changes, { known, check });
      return refuseStaleChange(context, change, 'app', appAnswer);
    });
    const { before, after, made } = changed;
    if (after !== before || begunId !== null) {
      await recordOwnCall(context, recordOfAct(connection, 'app.change', { label, ...made }, begunId));
    }
    return context.json({ app: appAnswer(after) } satisfies ChangedApp);
  })
  .delete('/apps/:grantId', async (context) => {
    const grant = await ownGrant(context);
    await revokeGrant(context.env.db, grant.id);
    const { clientName: label } = grant;
    await recordOwnCall(context, recordOfAct(await connectionOf(context, grant), 'app.revoke', { label }));
    return context.body(null, 204);
  });

/**
 * The caller's grant that the address names.
 * @throws {ApiError} 404, also for somebody else's.
 */
async function ownGrant(context: Context<ConsoleEnv>): Promise<Grant> {
  const id = context.req.param('grantId') ?? '';
  const grant = await findOwnGrant(context.env.db, context.get('user').uid, id);
  if (grant === null) throw notFoundError('app');
  return grant;
}

/** The connection of an app of the user's, for its records. */
async function connectionOf(context: Context<ConsoleEnv>, { connectionId }: Grant): Promise<Concerned> {
  const { uid } = context.get('user');
  const connection = (await findConnection(context.env.db, uid, connectionId)) ?? noConnection(uid);
  context.set('connection', connection);
  return connection;
}

function appAnswer(grant: Grant): ConnectedApp {
  return {
    grantId: grant.id,
    connectionId: grant.connectionId,
    scope: grant.scope,
    clientName: grant.clientName,
    redirectHost: grant.redirectHost,
    createdAt: grant.createdAt.toISOString(),
    lastUsedAt: grant.lastUsedAt?.toISOString() ?? null,
    limits: pickFields(storedLimits, grant.limits),
    approval: grant.approval,
    version: grant.version,
  };
}
