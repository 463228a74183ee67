/** `npm run vault:rotate`, as an operator runs it. */
import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { useOperatorScript } from './operator-script.ts';

const [oldKey, newKey] = ['old', 'new'].map((id) => `${id}:${randomBytes(32).toString('base64')}`);
/** More than a page. */
const RECORDS = 450;

let db: Firestore;
const start = useOperatorScript(
  'vault-rotate.ts',
  (opened) => {
    db = opened;
  },
  `${newKey},${oldKey}`,
);
const run = (...args: Parameters<typeof start>) => start(...args).ended();

it('goes on after it was killed, and says when the old key can go', async () => {
  const vault = new Vault(`${oldKey}`);
  const batch = db.batch();
  for (let i = 0; i < RECORDS; i += 1) {
    const record = db.collection('vault').doc();
    batch.set(record, vault.seal(record.path, Buffer.from(`secret ${i}`)));
  }
  await batch.commit();
  const ring = `${newKey},${oldKey}`;

  const { stdout, kill } = start(ring);
  for await (const chunk of stdout) {
    if (String(chunk).includes('looked at')) break;
  }
  await kill();

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

it('does not take another key for the one whose id it has', async () => {
  const record = db.doc('vault/sealed-before');
  await record.set(new Vault(`${newKey}`).seal(record.path, Buffer.from('secret')));
  const namesake = `new:${randomBytes(32).toString('base64')}`;
  for (const options of [['--check'], []]) {
    const { code, out } = await run(namesake, ...options);
    expect(code).toBe(1);
    expect(out).toContain('still need: new. Keep these keys.');
    expect(out).toMatch(/vault\/[\w-]+ \(new\): the key of this id in the ring is not the one/);
    expect(out).not.toContain('can be removed');
  }
  await record.delete();
});

it('seals passwords anew by SIGN_IN_KEYS', async () => {
  const record = db.doc('signInVault/one');
  await record.set(new Vault(`${oldKey}`).seal(record.path, Buffer.from('password')));
  const unused = `other:${randomBytes(32).toString('base64')}`;
  expect((await run(unused, '--check')).out).toContain('signInVault/one (old)');
  expect((await run(`${newKey},${oldKey}`)).code).toBe(0);
  const sealed = (await record.get()).data() as never;
  expect(Buffer.from(new Vault(`${newKey}`).open(record.path, sealed)).toString()).toBe('password');
  await record.delete();
});

it('does nothing without a key ring', async () => {
  expect(await run(undefined)).toMatchObject({ code: 2, errors: expect.stringContaining('VAULT_KEYS') });
});
