/** Instances of `signIn` that are killed while a password or a code is on its way. */

import { randomBytes } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { beforeAll, expect, it } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import { remoteSignIns } from '../connections/sign-in/remote-sign-ins.ts';
import { createConnection } from '../store/connections.ts';
import { Vault } from '../store/vault/vault.ts';
import { closeAfterFile } from '../testing/after-file.ts';
import { useFirestore } from '../testing/firestore.ts';
import { startFunction } from '../testing/runtime/function-process.ts';
import { controlSimulator } from '../testing/simulator-control.ts';

const ring = (name: string) => `${name}:${randomBytes(32).toString('base64')}`;
const [VAULT_KEYS, SIGN_IN_KEYS] = [ring('all'), ring('passwords')];
const OTHER_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

let db: Firestore;
let firestoreHost: string;
let simulator: RunningSimulator;

useFirestore((opened, host) => {
  db = opened;
  firestoreHost = host;
});
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  closeAfterFile(() => simulator.close());
});

const control = (method: string, path: string, body?: object) =>
  controlSimulator(simulator.url, method, path, body);

/** An instance; whoever asks it is answered as long as it lives. */
async function instance() {
  const running = await startFunction('signIn', {
    PUBLIC_ORIGIN: 'http://localhost:1',
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-test',
    METADATA_SERVER_DETECTION: 'none',
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    VAULT_KEYS,
    SIGN_IN_KEYS,
  });
  return { signIns: remoteSignIns(new Vault(VAULT_KEYS), running.url, async () => ({})), kill: running.stop };
}

async function newConnection(username: string, entered: object): Promise<string> {
  const { password } = (await control('POST', 'sign-ins/users', { username, secondFactors: ['4'] })) as {
    password: string;
  };
  const value = { username, password, totpSecret: OTHER_SECRET, signInUrl: simulator.url, ...entered };
  const keys = new Vault(SIGN_IN_KEYS);
  const fields = { ownerUid: 'owner', kind: 'managed', mode: 'paper', label: 'Mine' } as const;
  const secrets = { vault: keys, value, collection: 'signInVault' } as const;
  return (await createConnection(db, fields, secrets)).connection.id;
}

/** As if so much time had passed that nobody signs in any more, no wait is left and another code holds. */
async function muchLater(): Promise<void> {
  const past = Timestamp.fromMillis(0);
  for (const { ref, data } of (await db.collection('signIns').get()).docs.map((record) => ({
    ref: record.ref,
    data: record.data(),
  }))) {
    const connections = Object.entries(data.connections as Record<string, object>).map(
      ([id, each]) => [id, { ...each, notBefore: past }] as const,
    );
    await ref.update({ holder: null, codeWindow: -1, connections: Object.fromEntries(connections) });
  }
}

it.each([
  ['password', 'COMPLETEAUTH', { password: 'wrong' }, { refused: 2, codesRefused: 0 }],
  ['code', 'COMPLETETWOFACT', {}, { refused: 0, codesRefused: 2 }],
])('send a wrong %s twice, whoever comes after them', async (what, action, entered, counts) => {
  const username = `killed-${what}`;
  const connectionId = await newConnection(username, entered);
  const path = `/sso/Authenticator/${action}`;
  const seen = async () => {
    const { byUser } = (await control('GET', `sign-ins?user=${username}`)) as {
      byUser: Record<string, { attempts: number; refused: number; codesRefused: number }>;
    };
    return byUser[username];
  };
  for (let killed = 1; killed <= 2; killed += 1) {
    // IBKR takes what comes, and its answer is on its way until nobody is there to read it.
    await control('POST', 'faults', {
      kind: 'late_answer',
      delayMs: 600_000,
      times: 1,
      match: { path, user: username },
    });
    const { signIns, kill } = await instance();
    const unanswered = signIns.signIn({ connectionId, mode: 'paper' }).catch((error: Error) => error);
    await expect
      .poll(async () => Number((await seen())?.refused) + Number((await seen())?.codesRefused), {
        timeout: 60_000,
      })
      .toBe(killed);
    await kill();
    expect(await unanswered).toMatchObject({ code: 'internal_error' });
    await control('DELETE', 'faults');
    await muchLater();
  }
  const before = await seen();
  const { signIns, kill } = await instance();
  for (let call = 0; call < 3; call += 1) {
    await expect(signIns.signIn({ connectionId, mode: 'paper' })).rejects.toMatchObject({
      problem: { name: 'sign_ins_unanswered' },
    });
    await muchLater();
  }
  await kill();
  expect(await seen()).toEqual(before);
  expect(before).toMatchObject(counts);
});
