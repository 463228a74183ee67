/** The function that alone opens passwords, as the others call it: in processes of their own, as deployed. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, describe, expect, it } from 'vitest';
import { endpointsOf } from '../../../local/src/operators/rehearsal/endpoints.ts';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import { getAccounts } from '../broker/accounts/accounts.ts';
import { openConnection } from '../connections/pool.ts';
import { writeCall } from '../connections/sign-in/messages.ts';
import { remoteSignIns } from '../connections/sign-in/remote-sign-ins.ts';
import type { SignInService } from '../connections/sign-in/sign-in-service.ts';
import type { Service } from '../service.ts';
import { type Connection, createConnection, deleteConnection, readSecrets } from '../store/connections.ts';
import { Vault } from '../store/vault/vault.ts';
import { closeAfterFile } from '../testing/after-file.ts';
import { useFirestore } from '../testing/firestore.ts';
import { runFunction } from '../testing/runtime/functions-runtime.ts';
import { testService } from '../testing/service.ts';

const ring = (name: string) => `${name}:${randomBytes(32).toString('base64')}`;
const [VAULT_KEYS, SIGN_IN_KEYS] = [ring('all'), ring('passwords')];
const PASSWORD = 'correct horse battery';

let db: Firestore;
let firestoreHost: string;
let url: string;
let simulator: RunningSimulator;
let signIns: SignInService;
/** Of a function that has no keys to passwords. */
let service: Service;

useFirestore((opened, host) => {
  db = opened;
  firestoreHost = host;
});

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  closeAfterFile(() => simulator.close());
  ({ url } = await runFunction('signIn', environment({ SIGN_IN_KEYS })));
  const vault = new Vault(VAULT_KEYS);
  signIns = remoteSignIns(vault, url, async () => ({}));
  service = testService(db, { vault, signIns });
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    PUBLIC_ORIGIN: 'http://localhost:1',
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-test',
    VAULT_KEYS,
    METADATA_SERVER_DETECTION: 'none',
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    ...more,
  };
}

let people = 0;

async function newConnection(entered: object = {}): Promise<Connection> {
  people += 1;
  const username = `owner${people}`;
  const body = JSON.stringify({ username, password: PASSWORD });
  await fetch(`${simulator.url}/sim/sign-ins/users`, { method: 'POST', body });
  const value = { username, password: PASSWORD, signInUrl: simulator.url, ...entered };
  const fields = { ownerUid: 'owner', kind: 'managed', mode: 'paper', label: 'Mine' } as const;
  const secrets = { vault: signIns, value, collection: 'signInVault' } as const;
  return (await createConnection(db, fields, secrets)).connection;
}

it('signs in for a function that cannot open the password, and goes with the connection', async () => {
  const connection = await newConnection();
  const opened = await openConnection(service, connection);
  expect((await getAccounts(opened.client())).isPaper).toBe(true);
  await opened.close();

  const record = db.doc(`signInVault/${connection.id}`);
  expect(JSON.stringify((await record.get()).data())).not.toContain(PASSWORD);
  await expect(readSecrets(db, service.vault, connection.id, 'signInVault')).rejects.toThrow(
    'sealed by the key "passwords", which this gateway no longer has',
  );
  const keys = new Vault(SIGN_IN_KEYS);
  expect(await readSecrets(db, keys, connection.id, 'signInVault')).toMatchObject({ password: PASSWORD });
  await deleteConnection(db, connection);
  expect((await record.get()).exists).toBe(false);
});

it('tells what IBKR refused as if it were met here, and lets it be tried again', async () => {
  const { id: connectionId, mode } = await newConnection({ password: 'wrong' });
  await expect(signIns.signIn({ connectionId, mode })).rejects.toMatchObject({
    problem: { name: 'wrong_password' },
    kind: 'credentials_rejected',
  });
  const again = () => signIns.signIn({ connectionId, mode });
  await expect(again()).rejects.toMatchObject({ problem: { name: 'credentials_refused_before' } });
  await signIns.letTryAgain(connectionId);
  await expect(again()).rejects.toMatchObject({ problem: { name: 'wrong_password' } });
});

it('says that there is nothing to sign in with', async () => {
  await expect(signIns.signIn({ connectionId: 'none', mode: 'paper' })).rejects.toMatchObject({
    code: 'session_expired',
  });
});

it('that cannot be reached is a fault of the service, with its reason for the operator', async () => {
  const nobody = remoteSignIns(service.vault, 'http://127.0.0.1:9/', async () => ({}));
  await expect(nobody.letTryAgain('any')).rejects.toMatchObject({
    code: 'internal_error',
    cause: { message: 'The function signIn could not be reached.' },
  });
});

it('without SIGN_IN_KEYS takes nothing that it could not keep', async () => {
  const { url: without } = await runFunction('signIn', environment());
  const answers = remoteSignIns(service.vault, without, async () => ({}));
  await expect(answers.seal('signInVault/a', Buffer.from('a'))).rejects.toMatchObject({
    code: 'ibkr_unavailable',
    message: expect.stringContaining('SIGN_IN_KEYS'),
  });
});

describe('is called by nobody', () => {
  const call = (vault: Vault, at = Date.now()) =>
    writeCall(vault, { ask: 'let_try_again', connectionId: 'none' }, at).body;
  const asked = async (body: string) => (await fetch(url, { method: 'POST', body })).status;

  it.each([
    ['says nothing', () => '{}'],
    ['has other keys', () => call(new Vault(ring('all')))],
    ['repeats what was said before', () => call(service.vault, Date.now() - 61_000)],
  ])('who %s', async (_, body) => {
    expect(await asked(body())).toBe(403);
    expect(await asked(call(service.vault))).toBe(200);
  });
});

it('is the only function that is given the keys to passwords, and is open to nobody outside', async () => {
  const endpoints = Object.entries(await endpointsOf(join(import.meta.dirname, '../..')));
  const given = endpoints.filter(([, { secretEnvironmentVariables }]) =>
    (secretEnvironmentVariables as { key: string }[] | undefined)?.some(({ key }) => key === 'SIGN_IN_KEYS'),
  );
  expect(given).toEqual([['signIn', expect.objectContaining({ httpsTrigger: { invoker: ['private'] } })]]);
});
