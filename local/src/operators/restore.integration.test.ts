/** A backup of the database is restored into a fresh one, and what newer functions wrote is read by older ones: once, for real. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Firestore } from 'firebase-admin/firestore';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConnection, readSecrets } from '../../../functions/src/store/connections.ts';
import { createApiKey, revokeApiKey } from '../../../functions/src/store/credentials/api-keys.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { auditStorage, recordTestCall } from '../../../functions/src/testing/audit.ts';
import { useConsoleOwner } from '../../../functions/src/testing/console/console-owner.ts';
import { askMcp } from '../../../functions/src/testing/console/requests.ts';
import { testService } from '../../../functions/src/testing/service.ts';
import { startFirestoreServer } from '../firestore/server.ts';

const RING = `ring:${randomBytes(32).toString('base64')}`;
const PROJECT = 'demo-test';

useConsoleOwner();

let directory: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  directory = await mkdtemp(join(tmpdir(), 'ibkr-gateway-restore-'));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(directory, { recursive: true });
});

/** A database that is kept in a file, until it is stopped. */
async function database(file: string) {
  const server = await startFirestoreServer({ port: 0, file: join(directory, file) });
  const db = new Firestore({ projectId: PROJECT, host: `127.0.0.1:${server.port}`, ssl: false });
  const stop = async () => {
    await db.terminate();
    await server.stop();
  };
  cleanups.push(stop);
  return {
    db,
    host: `127.0.0.1:${server.port}`,
    stop: async () => {
      cleanups.splice(cleanups.indexOf(stop), 1);
      await stop();
    },
  };
}

async function verify(host: string, ...options: string[]) {
  const script = join(import.meta.dirname, 'audit-verify.ts');
  const env = { METADATA_SERVER_DETECTION: 'none', FIRESTORE_EMULATOR_HOST: host, VAULT_KEYS: RING };
  return promisify(execFile)(process.execPath, [script, '--project', PROJECT, ...options], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
}

/** Somebody with a gateway and two keys, one of them revoked, and three calls in the audit. */
async function fill(db: Firestore) {
  const vault = new Vault(RING);
  const fields = { ownerUid: `u${randomUUID()}`, kind: 'gateway', mode: 'paper', label: 'Mine' } as const;
  const secrets = { vault, value: { url: 'https://gateway.example.com' } };
  const { connection, key } = await createConnection(db, fields, secrets);
  const other = await createApiKey(db, { connection, label: 'other', scope: 'read' });
  await revokeApiKey(db, { ...other, revokedAt: null });
  for (let n = 1; n <= 3; n++) await recordTestCall(auditStorage(db, RING), connection.id, { n });
  return { connection, key, revoked: other };
}

const listsTools = async (db: Firestore, apiKey: string) =>
  (await askMcp(testService(db, { vault: new Vault(RING) }), apiKey, 'tools/list')).status;

it('restores a backup into a fresh database, with its keys and the audit, and tells what came after it', async () => {
  const live = await database('live.json');
  const { connection, key, revoked } = await fill(live.db);
  await live.stop();
  await copyFile(join(directory, 'live.json'), join(directory, 'backup.json'));

  const again = await database('live.json');
  const later = await recordTestCall(auditStorage(again.db, RING), connection.id, { n: 4 });
  await revokeApiKey(again.db, { ...key, revokedAt: null });
  expect(await listsTools(again.db, key.apiKey)).toBe(401);
  await again.stop();

  const restored = await database('backup.json');
  expect(await readSecrets(restored.db, new Vault(RING), connection.id)).toEqual({
    url: 'https://gateway.example.com',
  });
  expect(await listsTools(restored.db, revoked.apiKey)).toBe(401);
  // Who restores is told to revoke again what was revoked since.
  expect(await listsTools(restored.db, key.apiKey)).toBe(200);
  expect(await verify(restored.host)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('all intact'),
  });
  const known = `4:${later?.hash}`;
  expect(await verify(restored.host, '--chain', connection.id, '--known', known)).toMatchObject({ code: 1 });
});

it('reads what newer functions wrote, when they are gone back from', async () => {
  const { db } = await database('live.json');
  const { connection, key } = await fill(db);
  for (const collection of await db.listCollections()) {
    for (const { ref } of (await collection.get()).docs) await ref.update({ ofANewerVersion: { is: true } });
  }
  expect(await listsTools(db, key.apiKey)).toBe(200);
  expect(await readSecrets(db, new Vault(RING), connection.id)).toMatchObject({ url: expect.any(String) });
});
