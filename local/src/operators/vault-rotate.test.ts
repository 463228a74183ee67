/** `npm run vault:rotate`, as an operator runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { Vault } from '../../../functions/src/store/vault.ts';
import { useFirestore } from '../../../functions/src/testing/firestore.ts';
import { startFirestoreServer } from '../firestore/server.ts';

const [oldKey, newKey] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
/** More than a page. */
const RECORDS = 450;

let db: Firestore;
let firestoreHost: string;

useFirestore(
  async () => {
    const server = await startFirestoreServer({ port: 0 });
    firestoreHost = `127.0.0.1:${server.port}`;
    return server;
  },
  (opened) => {
    db = opened;
  },
);

function start(ring: string | undefined, ...options: string[]): ChildProcess {
  const program = join(import.meta.dirname, 'vault-rotate.ts');
  return spawn(process.execPath, [program, '--project', 'demo-test', ...options], {
    env: {
      METADATA_SERVER_DETECTION: 'none',
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      ...(ring !== undefined && { VAULT_KEYS: ring }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(ring: string | undefined, ...options: string[]) {
  const child = start(ring, ...options);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('It has no output.');
  const [out, errors, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'exit')]);
  return { code, out, errors };
}

it('goes on after it was killed, and says when the old key can go', async () => {
  const vault = new Vault(`${oldKey}`);
  const batch = db.batch();
  for (let i = 0; i < RECORDS; i += 1) {
    const record = db.collection('vault').doc();
    batch.set(record, vault.seal(record.path, Buffer.from(`secret ${i}`)));
  }
  await batch.commit();
  const ring = `${newKey},${oldKey}`;

  const child = start(ring);
  const { stdout } = child;
  if (stdout === null) throw new Error('It has no output.');
  for await (const chunk of stdout) {
    if (String(chunk).includes('looked at')) break;
  }
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGKILL');
  await exited;

  const between = await run(ring, '--check');
  if (between.code === 1) {
    expect(between.out).toMatch(/^\d+ of 450 records still need: old\. Keep these keys\.$/m);
  }
  expect(await run(ring)).toMatchObject({
    code: 0,
    errors: '',
    out: expect.stringContaining('Of 450 records none needs another key. The others can be removed.'),
  });
  expect(await run(`${newKey}`, '--check')).toMatchObject({ code: 0 });
  const using = new Vault(`${newKey}`);
  const { docs } = await db.collection('vault').get();
  const opened = docs.map((doc) => Buffer.from(using.open(doc.ref.path, doc.data() as never)).toString());
  expect(new Set(opened).size).toBe(RECORDS);
});

it('ends with 1 where a key that is still needed is not in the ring, and names it', async () => {
  const record = db.doc('vault/lost');
  await record.set(new Vault(`${oldKey}`).seal(record.path, Buffer.from('secret')));
  const { code, out } = await run(`${newKey}`);
  expect(code).toBe(1);
  expect(out).toContain('still need: old. Keep these keys.');
  expect(out).toContain('vault/lost (old)');
  await record.delete();
});

it('does nothing without a key ring', async () => {
  expect(await run(undefined)).toMatchObject({ code: 2, errors: expect.stringContaining('VAULT_KEYS') });
});
