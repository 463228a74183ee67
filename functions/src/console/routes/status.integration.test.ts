import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { idToken, OWNER, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole } from '../../testing/console/requests.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { testService } from '../../testing/service.ts';

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

const MINUTE_MS = 60_000;

const statusFor = (operatorEmails: string[]) =>
  askConsole(testService(db, { operatorEmails }), { method: 'GET', path: '/api/status', bearer: idToken() });

it('says that it is there without storage, and to everybody', async () => {
  const broken = testService(new Proxy(db, { get: () => expect.unreachable('no storage is asked') }));
  const { status, body } = await askConsole(broken, { method: 'GET', path: '/api/health', bearer: null });
  expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
});

it('shows the status to operators alone', async () => {
  expect(await statusFor([])).toMatchObject({ status: 403, body: { error: { code: 'not_operator' } } });
  expect(await statusFor(['else@example.com'])).toMatchObject({ status: 403 });
  const anonymous = testService(db, { operatorEmails: [OWNER.email] });
  expect(await askConsole(anonymous, { method: 'GET', path: '/api/status', bearer: null })).toMatchObject({
    status: 401,
  });
  expect(await statusFor([OWNER.email])).toMatchObject({ status: 200, body: { status: 'well' } });
});

it('tells what is overdue, and what is not known of orders', async () => {
  const [early, lately] = [20, 1].map((minutes) => new Date(Date.now() - minutes * MINUTE_MS));
  await db.doc('sessions/late').set({ keepAliveAt: early });
  await db.doc('sessions/soon').set({ keepAliveAt: lately });
  await db.doc('orderIntents/late').set({ nextLookAt: early, state: 'working', createdAt: early });
  await db.doc('orderIntents/unknown').set({ nextLookAt: lately, state: 'unknown', createdAt: early });
  await db.doc('orderIntents/new').set({ nextLookAt: lately, state: 'unknown', createdAt: lately });
  const { body } = await statusFor([OWNER.email]);
  expect(body.status).toBe('attention');
  expect(body.checks).toMatchObject([
    { name: 'vault', isWell: true },
    { name: 'database', isWell: true },
    { name: 'sessions', isWell: false, detail: expect.stringContaining(': 1.') },
    { name: 'orders', isWell: false, detail: expect.stringContaining(': 1.') },
    { name: 'unknown_orders', isWell: false, detail: expect.stringContaining(': 1.') },
  ]);
});
