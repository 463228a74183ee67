/** Signing in where storage and an instance do not agree on the time, and what goes first where storage fails. */

import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import { ownSignIns } from '../connections/sign-in/own-sign-ins.ts';
import { createConnection, deleteConnection } from '../store/connections.ts';
import { Vault } from '../store/vault/vault.ts';
import { closeAfterFile } from '../testing/after-file.ts';
import { useWeakFirestore } from '../testing/firestore.ts';
import { controlSimulator } from '../testing/simulator-control.ts';

const OFF_MS = 5 * 60_000;
const vault = new Vault(`all:${randomBytes(32).toString('base64')}`);

let db: Firestore;
let simulator: RunningSimulator;

const storage = useWeakFirestore((opened) => {
  db = opened;
});
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  closeAfterFile(() => simulator.close());
});

afterEach(() => {
  storage.clockAheadMs = 0;
});

function newConnection(value: object) {
  const fields = { ownerUid: 'owner', kind: 'managed', mode: 'paper', label: 'Mine' } as const;
  return createConnection(db, fields, { vault, value, collection: 'signInVault' });
}

it.each([
  ['behind', OFF_MS],
  ['ahead', -OFF_MS],
])('an instance whose clock is %s takes the codes that hold at IBKR', async (where, aheadMs) => {
  const username = `clock-${where}`;
  const { password, totpSecret } = (await controlSimulator(simulator.url, 'POST', 'sign-ins/users', {
    username,
    secondFactors: ['4'],
    clockDriftMs: aheadMs,
  })) as { password: string; totpSecret: string };
  const value = { username, password, totpSecret, signInUrl: simulator.url };
  const { id: connectionId } = (await newConnection(value)).connection;
  const signIns = ownSignIns({ db, vault, signInVault: vault }, { localMode: true });
  storage.clockAheadMs = aheadMs;
  expect((await signIns.signIn({ connectionId, mode: 'paper' })).token.length).toBeGreaterThan(0);
  const { byUser } = (await controlSimulator(simulator.url, 'GET', `sign-ins?user=${username}`)) as {
    byUser: Record<string, object>;
  };
  expect(byUser[username]).toMatchObject({ attempts: 1, codesRefused: 0, signedIn: 1 });
});

it('password and secret are destroyed before anything else of a connection, should the rest fail', async () => {
  const { connection } = await newConnection({ username: 'leaving', password: 'correct horse battery' });
  await db.doc(`unfinishedSignIns/${connection.id}`).set({ connectionId: connection.id });
  const isOfSignIn = (path: string) => /^(signInVault|unfinishedSignIns)\//.test(path);
  storage.decide = (rpc, written) =>
    rpc === 'Commit' && !written.every(isOfSignIn) ? 'refused' : 'answered';
  const deleted = deleteConnection(db, connection).then(
    () => 'deleted',
    () => 'failed',
  );
  const left = async () => {
    const paths = ['connections', 'signInVault', 'unfinishedSignIns'].map(
      (each) => `${each}/${connection.id}`,
    );
    const found = await Promise.all(paths.map((path) => db.doc(path).get()));
    return found.filter(({ exists }) => exists).map(({ ref }) => ref.parent.id);
  };
  await expect.poll(left).toEqual(['connections']);
  storage.recover();
  await deleted;
  await deleteConnection(db, connection);
  expect(await left()).toEqual([]);
});
