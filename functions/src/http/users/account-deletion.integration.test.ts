/** Deleting an account: everything of one person, wherever it is interrupted, and nothing of anybody else. */
import { WriteBatch } from 'firebase-admin/firestore';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beginDeletion, findDeletion } from '../../store/account-deletions.ts';
import { createConnection, findConnection } from '../../store/connections.ts';
import { sessionStore } from '../../store/sessions.ts';
import { saveUser } from '../../store/users.ts';
import {
  ACCOUNT,
  addedConnection,
  api,
  callTool,
  db,
  firestoreHost,
  makePerson,
  readEverything,
  recordsWith,
  service,
  storeCall,
  storeGateway,
  storeRecords,
  usePeople,
  VAULT_KEYS,
  vault,
} from '../../testing/people/people.ts';
import { runFunction } from '../../testing/runtime/functions-runtime.ts';
import { ORIGIN } from '../../testing/service.ts';
import { continueDeletion, continueDeletions } from './account-deletion.ts';

const accounts = usePeople();
afterEach(() => {
  vi.restoreAllMocks();
});

const T0 = new Date('2026-11-28T12:00:00Z');
const later = (seconds: number) => new Date(T0.getTime() + seconds * 1000);

describe('a person with everything', () => {
  it('is deleted by the page, and nobody else is touched', async () => {
    const jane = await makePerson('jane');
    const before = await readEverything();
    await makePerson('tom');
    const known = await readEverything();
    const toms = new Map([...known].filter(([path]) => !before.has(path)));
    expect((await recordsWith(jane)).length).toBeGreaterThan(25);

    const account = await api('jane', 'GET', '/account');
    expect(account.body.email).toBe('jane@example.com');
    const answer = await api('jane', 'POST', '/account/deletion', {
      email: 'Jane@example.com',
      ordersStay: true,
    });
    expect(answer.status).toBe(204);
    expect(await recordsWith([...jane, ACCOUNT.concat('-jane')])).toEqual(['accountDeletions/jane']);
    expect(accounts.deleted).toEqual(new Set(['jane']));

    await continueDeletions(service, new Date(Date.now() + 121_000));
    expect(await recordsWith([...jane, ACCOUNT.concat('-jane')])).toEqual([]);
    expect(new Map([...(await readEverything())].filter(([path]) => toms.has(path)))).toEqual(toms);
  });

  it('is not let in again with the token they had', async () => {
    await makePerson('jane');
    await beginDeletion(db, 'jane', T0);
    accounts.before = (act) => {
      if (act === 'delete') throw new Error('Firebase Authentication is down.');
    };
    await continueDeletion(service, 'jane', T0).catch(() => {});
    expect((await api('jane', 'GET', '/me')).status).toBe(401);
    expect((await api('jane', 'POST', '/connections', { kind: 'sandbox' })).status).toBe(401);
    accounts.before = () => {};
    await continueDeletions(service, later(61));
    await continueDeletions(service, later(200));
    expect(await recordsWith(['jane'])).toEqual([]);
  });

  it('leaves nothing of what was still under way', async () => {
    await storeRecords('jane');
    const { docs } = await db.collection('connections').where('ownerUid', '==', 'jane').get();
    const connections = await Promise.all(docs.map(({ id }) => findConnection(db, 'jane', id)));
    await beginDeletion(db, 'jane', T0);
    await continueDeletion(service, 'jane', T0);
    for (const connection of connections) {
      if (connection === null) throw new Error('It was there.');
      await sessionStore(db, vault, connection.id).write({ epoch: 9, accountIds: [ACCOUNT] });
      await storeCall(connection);
    }
    await saveUser(db, { uid: 'jane', email: 'jane@example.com' });
    await createConnection(db, { ownerUid: 'jane', kind: 'sandbox', mode: 'paper', label: 'Late' });
    await continueDeletions(service, later(60));
    expect((await recordsWith(['jane', ACCOUNT])).length).toBeGreaterThan(1);
    await continueDeletions(service, later(121));
    expect(await recordsWith(['jane', ACCOUNT])).toEqual([]);
  });
});

describe('killed', () => {
  const dead = new Error('killed');
  type Commit = { _commit(...args: unknown[]): Promise<unknown> };

  /** Ends the process after so many writes, Firebase Authentication's included: none after it is made. */
  function killAfter(writes: number): { made: () => number } {
    let made = 0;
    const count = () => {
      if (made === writes) throw dead;
      made += 1;
    };
    const batch = WriteBatch.prototype as unknown as Commit;
    const commit = batch._commit;
    vi.spyOn(batch, '_commit').mockImplementation(async function (this: unknown, ...args) {
      count();
      return commit.apply(this, args);
    });
    accounts.before = count;
    return { made: () => made };
  }

  it('after any of its writes, it is finished by the schedule', async () => {
    await storeGateway('tom');
    const toms = await readEverything();
    let total: number | undefined;
    for (let writes = 0; total === undefined; writes += 1) {
      accounts.deleted.clear();
      accounts.disabled.clear();
      const ids = await storeGateway('jane');
      await beginDeletion(db, 'jane', T0);
      const killed = killAfter(writes);
      const end = await continueDeletion(service, 'jane', T0).catch((error: unknown) => error);
      if (end === false) total = killed.made();
      vi.restoreAllMocks();
      accounts.before = () => {};
      for (const seconds of [61, 122]) await continueDeletions(service, later(seconds));
      expect(await findDeletion(db, 'jane'), `after ${writes} writes`).toBeNull();
      expect(await recordsWith(['jane', ...ids]), `after ${writes} writes`).toEqual([]);
      expect(accounts.deleted, `after ${writes} writes`).toEqual(new Set(['jane']));
    }
    expect(total).toBeGreaterThan(15);
    expect(await readEverything()).toEqual(toms);
  });
});

describe('deleting is refused', () => {
  it('without the address, after an old sign-in, and while orders may be working that nobody said may stay', async () => {
    const { connection, apiKey } = addedConnection.parse(
      (await api('jane', 'POST', '/connections', { kind: 'sandbox' })).body,
    );
    const resting = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 50 };
    await callTool(apiKey, 'place_order', { ...resting, tif: 'GTC' });
    const account = await api('jane', 'GET', '/account');
    expect(account.body.connections).toMatchObject([{ id: connection.id, openOrders: 1 }]);
    const before = await unrecorded();

    const wrong = await api('jane', 'POST', '/account/deletion', { email: 'tom@example.com' });
    expect([wrong.status, wrong.body.error.fields]).toEqual([400, { email: expect.any(String) }]);
    const stale = await api(
      'jane',
      'POST',
      '/account/deletion',
      { email: 'jane@example.com', ordersStay: true },
      301,
    );
    expect([stale.status, stale.body.error.code]).toEqual([403, 'sign_in_again']);
    const open = await api('jane', 'POST', '/account/deletion', { email: 'jane@example.com' });
    expect([open.status, open.body.error.code]).toEqual([409, 'orders_open']);
    expect(open.body.error.message).toContain('Sandbox (1)');
    expect(await unrecorded()).toEqual(before);
  });

  /** All but the audit, which has what was refused. */
  async function unrecorded() {
    return [...(await readEverything())].filter(([path]) => !path.startsWith('audit'));
  }
});

it('follows when the operator deletes the sign-in, in the runtime of a deployed function', async () => {
  await storeGateway('tom');
  accounts.deleted.add('jane');
  const deployed = await runFunction('accountDeleted', {
    FUNCTION_SIGNATURE_TYPE: 'cloudevent',
    PUBLIC_ORIGIN: ORIGIN,
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-test',
    VAULT_KEYS,
    FIRESTORE_EMULATOR_HOST: firestoreHost,
    FIREBASE_AUTH_EMULATOR_HOST: accounts.host,
    METADATA_SERVER_DETECTION: 'none',
  });
  const attributes = {
    specversion: '1.0',
    id: '1',
    type: 'google.firebase.auth.user.v2.deleted',
    source: '//identitytoolkit.googleapis.com/projects/demo-test',
    subject: 'users/jane',
    time: new Date().toISOString(),
  };
  const data = { oldValue: { uid: 'jane', email: 'jane@example.com', metadata: {} } };
  // As Eventarc sends them, and as the emulator does.
  const inHeaders = {
    headers: {
      'Content-Type': 'application/json',
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value])),
    },
    body: JSON.stringify(data),
  };
  const inBody = {
    headers: { 'Content-Type': 'application/cloudevents+json' },
    body: JSON.stringify({ ...attributes, data }),
  };
  const unreadable = ['{"a', '{}', '{"oldValue":{}}', '{"oldValue":{"uid":"a/b"}}'];
  for (const body of unreadable) {
    const answer = await fetch(deployed.url, { method: 'POST', headers: inHeaders.headers, body });
    expect(answer.ok, body).toBe(true);
  }
  for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
    expect((await fetch(deployed.url, { method })).status, method).toBe(400);
    const { headers } = inHeaders;
    expect((await fetch(deployed.url, { method, headers })).status, `${method} without data`).toBe(400);
  }
  for (const event of [inHeaders, inBody]) {
    const ids = await storeGateway('jane');
    const answer = await fetch(deployed.url, { method: 'POST', ...event });
    expect([answer.ok, await answer.text()]).toEqual([true, expect.any(String)]);
    expect(await recordsWith(['jane', ...ids])).toEqual(['accountDeletions/jane']);
  }
  expect((await recordsWith(['tom'])).length).toBeGreaterThan(5);
});
