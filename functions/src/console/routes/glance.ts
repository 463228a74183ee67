/** `GET /api/glance`: how all connections of a person stand. One that is slow or fails holds up none of the others. */
import { Hono } from 'hono';
import type { Glance, GlanceList } from '../../contract/glance.ts';
import { listFailures } from '../../store/activity/failures.ts';
import { listConnections } from '../../store/connections.ts';
import { listWorkingKeys } from '../../store/credentials/api-keys.ts';
import { listGrants } from '../../store/credentials/grants.ts';
import { readAccountValues } from '../account-values.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { usedConnections } from '../session-status.ts';

const DAY_MS = 86_400_000;

export const glanceRoutes = new Hono<ConsoleEnv>().get('/glance', async (context) => {
  const { env: service } = context;
  const { db } = service;
  const { uid } = context.get('user');
  const now = new Date();
  const connections = await listConnections(db, uid);
  const since = new Date(now.getTime() - DAY_MS);
  const [used, apps, keys, failures] = await Promise.all([
    usedConnections(db, uid, connections),
    listGrants(db, { ownerUid: uid }),
    listWorkingKeys(db, uid, now),
    Promise.all(connections.map(({ id }) => listFailures(db, uid, { connectionId: id, since }))),
  ]);
  const open = used.filter(({ session }) => session.state === 'connected');
  const values = await readAccountValues(
    service,
    open.map(({ connection }) => connection),
  );
  const items = connections.map(({ id }, index): Glance => {
    const { value = null, failure = null } = values.get(id) ?? {};
    const { found = [], isMore = false } = failures[index] ?? {};
    const [latest] = found;
    return {
      connectionId: id,
      value,
      valueFailure: failure && `${failure.message} ${failure.hint}`,
      errors: {
        count: found.length,
        isMore,
        latest:
          latest === undefined
            ? null
            : {
                at: latest.at.toISOString(),
                tool: latest.tool,
                code: latest.errorCode,
                message: latest.errorMessage,
              },
      },
      apps: apps
        .filter(({ connectionId }) => connectionId === id)
        .map((app) => ({ id: app.id, label: app.clientName, scope: app.scope })),
      keys: keys
        .filter(({ connectionId }) => connectionId === id)
        .map((key) => ({ id: key.id, label: key.label, scope: key.scope })),
    };
  });
  return context.json({ items, nextCursor: null } satisfies GlanceList);
});
