import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { auditVerification } from '../contract/audit.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { auditStorage, recordTestCall } from '../testing/audit.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { useFirestore } from '../testing/firestore.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

function verify(uid: string, connectionId: string) {
  const path = `/api/connections/${connectionId}/audit/verify`;
  return askConsole(testService(db), { method: 'GET', path, bearer: idToken(uid) });
}

/** A connection of somebody new, with three records. */
async function recorded() {
  const { uid, connection } = await newSandboxConnection(db);
  const { id } = connection;
  for (let n = 1; n <= 3; n++) await recordTestCall(auditStorage(db), id, { n }, new Date(), uid);
  return { uid, id };
}

it('says how much is intact, and where it is not', async () => {
  const { uid, id } = await recorded();
  const whole = await verify(uid, id);
  expect(whole.status).toBe(200);
  expect(auditVerification.parse(whole.body)).toMatchObject({ isIntact: true, records: 3, breaks: [] });
  await db.doc(`audit/${id}-0000000002`).delete();
  expect(auditVerification.parse((await verify(uid, id)).body)).toMatchObject({
    isIntact: false,
    breaks: [{ kind: 'missing', sequence: 3 }],
  });
});

it('says that records are missing where none are left', async () => {
  const { uid, id } = await recorded();
  for (const { ref } of (await db.collection('audit').where('connectionId', '==', id).get()).docs) {
    await ref.delete();
  }
  await db.doc(`auditChains/${id}`).delete();
  expect((await verify(uid, id)).body).toMatchObject({ isIntact: false, breaks: [{ kind: 'end_changed' }] });
});

it('tells nobody else, and nobody very often', async () => {
  const { uid, id } = await recorded();
  expect(await verify('somebody', id)).toMatchObject({ status: 404 });
  const statuses = [];
  for (let times = 0; times < 8; times++) statuses.push((await verify(uid, id)).status);
  expect(statuses.slice(0, 6)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(statuses.at(-1)).toBe(429);
});
