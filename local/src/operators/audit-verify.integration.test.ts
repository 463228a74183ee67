/** `npm run audit:verify`, as an operator runs it. */
import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { auditStorage, recordTestCall } from '../../../functions/src/testing/audit.ts';
import { useOperatorScript } from './operator-script.ts';

const RING = `operator:${randomBytes(32).toString('base64')}`;

let db: Firestore;
const start = useOperatorScript('audit-verify.ts', (opened) => {
  db = opened;
});
const verify = (...options: string[]) => start(RING, ...options).ended();

it('says that all is intact, and where it is not', async () => {
  const storage = auditStorage(db, RING);
  const appended = [];
  for (let n = 1; n <= 3; n++) appended.push(await recordTestCall(storage, 'one', { n }));
  await recordTestCall(storage, 'two', {});
  const whole = await verify();
  expect(whole).toMatchObject({ code: 0, errors: '' });
  expect(whole.out).toContain('2 chains with 4 records: all intact.');
  const { hash = '' } = appended[1] ?? {};
  expect(await verify('--chain', 'one', '--known', `2:${hash}`)).toMatchObject({ code: 0 });
  const other = 'f'.repeat(64);
  for (const known of [`2:${other}`, `9:${other}`]) {
    expect(await verify('--chain', 'one', '--known', known)).toMatchObject({ code: 1 });
  }

  await db.doc('audit/one-0000000002').update({ tool: 'get_cash' });
  const broken = await verify();
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/^one: BROKEN, 2 good records/m);
  expect(broken.out).toMatch(/^ {2}one-0000000002 \(.*\): this record is not as it was written$/m);
  expect(broken.out).toMatch(/^two: intact, 1 records/m);
  expect(broken.out).toContain('2 chains with 3 records: 1 BROKEN.');
  expect(await verify('--chain', 'two')).toMatchObject({ code: 0 });
});

it('does not say that all is well where it cannot tell', async () => {
  expect(await verify('--known', '1:abc')).toMatchObject({ code: 2 });
  for (const known of ['abc', `0:${'f'.repeat(64)}`])
    expect(await verify('--chain', 'one', '--known', known)).toMatchObject({ code: 2 });
  // As a mistyped id, or a variable of a script that is not set.
  for (const chain of ['nobody', 'user-nobody', '', 'a/b', '..', '__x__']) {
    const { code, out, errors } = await verify('--chain', chain);
    expect([chain, code, out]).toEqual([chain, 2, '']);
    expect(errors).toMatch(/no such chain|--chain is the id/);
  }
});

it('misses a chain of which nothing is left, where one of its records is known', async () => {
  const storage = auditStorage(db, RING);
  const { hash = '' } = (await recordTestCall(storage, 'gone', {})) ?? {};
  await db.doc('audit/gone-0000000001').delete();
  await db.doc('auditChains/gone').delete();
  const { code, out } = await verify('--chain', 'gone', '--known', `1:${hash}`);
  expect(code).toBe(1);
  expect(out).toContain('record 1: the records up to this one were deleted');
});
