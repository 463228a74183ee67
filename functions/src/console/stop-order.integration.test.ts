/** In which order a stop does what it does: what takes power away comes first. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { findConnection } from '../store/connections.ts';
import { findApiKey } from '../store/credentials/api-keys.ts';
import { findGrant } from '../store/credentials/grants.ts';
import { newAccess, newSandboxConnection } from '../testing/access.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();

it('ends trading, keys and apps before it looks at what waits, which an app may have made too much of', async () => {
  const { uid, connection, keyId } = await newSandboxConnection(db);
  const { keyId: otherId, grantId } = await newAccess(db, connection);
  // Whoever reads it fails.
  await db.collection('orderIntents').add({ connectionId: connection.id, state: 'awaiting_approval' });
  const { status } = await askConsole(testService(db, { simulatorUrl: simulatorUrl() }), {
    method: 'POST',
    path: `/api/connections/${connection.id}/panic`,
    bearer: idToken(uid),
    body: {},
  });
  expect(status).toBe(500);
  expect((await findConnection(db, uid, connection.id))?.panic).not.toBeNull();
  for (const id of [keyId, otherId])
    expect(await findApiKey(db, id)).toMatchObject({ revokedAt: expect.any(Date) });
  expect(await findGrant(db, grantId)).toMatchObject({ revokedAt: expect.any(Date) });
});
