import { setTimeout as delay } from 'node:timers/promises';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { closeAfterFile } from './after-file.ts';
import { useFirestore } from './firestore.ts';

const GOES_ON_MS = 500;

let db: Firestore;
let goingOn: Promise<unknown>;
// Put away in the other order: when the database is gone.
closeAfterFile(() => Promise.race([goingOn, delay(10 * GOES_ON_MS)]));
useFirestore((opened) => {
  db = opened;
});

it('may be asked when its file is done, as by work that a caller gave up on', async () => {
  await db.doc('any/thing').set({});
  expect((await db.doc('any/thing').get()).exists).toBe(true);
  goingOn = delay(GOES_ON_MS).then(() => db.collection('any').get());
});
