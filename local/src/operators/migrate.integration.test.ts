/** `npm run migrate`, as an operator runs it. */
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { migrateAll } from '../../../functions/src/store/migration.ts';
import { storeGrant } from '../../../functions/src/testing/oauth/grants.ts';
import { useOperatorScript } from './operator-script.ts';

/** More than two pages. */
const RECORDS = 450;
const ADDED = ['replayedAt', 'version'];

let db: Firestore;
const start = useOperatorScript('migrate.ts', (opened) => {
  db = opened;
});
const run = (...options: string[]) => start(undefined, ...options).ended();

/** Grants as they were before they had all fields. @returns what one of them held. */
async function storeOlderGrants(): Promise<FirebaseFirestore.DocumentData> {
  const id = await storeGrant(db, { ownerUid: 'owner', connectionId: 'connection' });
  const { data = {} } = { data: (await db.doc(`grants/${id}`).get()).data() };
  const older = Object.fromEntries(Object.entries(data).filter(([field]) => !ADDED.includes(field)));
  await db.recursiveDelete(db.collection('grants'));
  const batch = db.batch();
  for (let index = 0; index < RECORDS; index += 1)
    batch.set(db.collection('grants').doc(), { ...older, index });
  await batch.commit();
  return older;
}

it('goes on after it was killed, and changes nothing of what there was', async () => {
  const older = await storeOlderGrants();
  expect(await run('--dry-run')).toMatchObject({
    code: 1,
    out: expect.stringContaining(`grants: ${RECORDS} of ${RECORDS} to be rewritten`),
  });
  expect((await db.collection('grants').where('version', '==', 1).count().get()).data().count).toBe(0);

  const { stderr, kill } = start(undefined);
  for await (const chunk of stderr) if (String(chunk).includes('grants: 200')) break;
  await kill();
  const { count: done } = (await db.collection('grants').where('version', '==', 1).count().get()).data();
  expect(done).toBeGreaterThanOrEqual(200);

  expect(await run()).toMatchObject({
    code: 0,
    out: expect.stringContaining(`grants: ${RECORDS - done} of ${RECORDS} rewritten`),
  });
  expect(await run('--dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is left.') });
  const { docs } = await db.collection('grants').get();
  const held = docs.map((document) => document.data()).sort((one, other) => one.index - other.index);
  const expected = { ...older, replayedAt: null, version: 1 };
  expect(held).toEqual(Array.from({ length: RECORDS }, (_, index) => ({ ...expected, index })));
});

it('names what it cannot read, and leaves it', async () => {
  await db.doc('grants/odd').set({ scope: 'all' });
  expect(await run()).toMatchObject({
    code: 1,
    out: expect.stringMatching(/, 1 failed\n {2}grants\/odd: ownerUid: .*; scope: .*\n\w+: /),
  });
  expect((await db.doc('grants/odd').get()).data()).toEqual({ scope: 'all' });
  await db.doc('grants/odd').delete();
});

it('loses nothing that the service writes meanwhile', async () => {
  const older = await storeOlderGrants();
  const { docs } = await db.collection('grants').get();
  const [first, ...others] = docs.map(({ ref }) => ref);
  const revokedAt = Timestamp.fromMillis(1_700_000_000_000);
  // Most of the first page is still to be written then, and was read before.
  const revoke = async () => {
    while (!((await first?.get())?.get('version') === 1));
    await Promise.all(others.slice(150, 400).map((ref) => ref.update({ revokedAt, version: 7 })));
  };
  const [reports] = await Promise.all([migrateAll(db, { isDryRun: false }), revoke()]);
  expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
  const after = (await db.collection('grants').get()).docs.map((document) => document.data());
  const revoked = after.filter(({ version }) => version === 7);
  expect(revoked).toHaveLength(250);
  for (const { index: _, ...grant } of revoked)
    expect(grant).toEqual({ ...older, revokedAt, version: 7, replayedAt: null });
});
