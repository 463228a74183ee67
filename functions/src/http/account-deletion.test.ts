/** Deleting an account: everything of one person, wherever it is interrupted, and nothing of anybody else. */
import { randomBytes } from 'node:crypto';
import { type DocumentReference, type Firestore, WriteBatch } from 'firebase-admin/firestore';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../simulator/src/server.ts';
import { handleConsole } from '../console/app.ts';
import { dataPage } from '../contract/account.ts';
import { handleMcp } from '../mcp/handler.ts';
import type { Service } from '../service.ts';
import { beginDeletion, findDeletion } from '../store/account-deletions.ts';
import { recordCall } from '../store/audit.ts';
import { type Connection, createConnection, findConnection } from '../store/connections.ts';
import { createApiKey } from '../store/credentials/api-keys.ts';
import { saveOidcRecord } from '../store/oidc/oidc-storage.ts';
import { beginPanic } from '../store/panics.ts';
import { sessionStore } from '../store/sessions.ts';
import { saveUser } from '../store/users.ts';
import { type Sealed, Vault } from '../store/vault.ts';
import { useAccounts } from '../testing/accounts.ts';
import { idToken } from '../testing/console/console-owner.ts';
import { runFunction } from '../testing/functions-runtime.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { continueDeletion, continueDeletions } from './account-deletion.ts';

const ORIGIN = 'https://gateway.example';
const ACCOUNT = 'DU7654321';
const HOUR_MS = 3_600_000;
const VAULT_KEYS = `test:${randomBytes(32).toString('base64')}`;
const vault = new Vault(VAULT_KEYS);

let db: Firestore;
let service: Service;
let firestoreHost: string;
useServers(
  {
    database: async () => {
      const server = await startFirestoreServer({ port: 0 });
      firestoreHost = `127.0.0.1:${server.port}`;
      return server;
    },
    simulator: () => startSimulator({ port: 0, nightlyReset: false, pacing: false }),
  },
  (opened) => {
    db = opened;
  },
);
const accounts = useAccounts();

beforeEach(async () => {
  for (const collection of await db.listCollections()) await db.recursiveDelete(collection);
  accounts.before = () => {};
  accounts.disabled.clear();
  accounts.deleted.clear();
  service = {
    db,
    vault,
    publicOrigin: ORIGIN,
    simulatorUrl: simulatorUrl(),
    localMode: true,
    callsPerMinute: 100_000,
    allowedEmails: [],
    trustedProxies: [],
  } as Partial<Service> as Service;
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function api(uid: string, method: string, path: string, body?: object, signedInFor = 0) {
  const request = new Request(`${ORIGIN}/api${path}`, {
    method,
    headers: {
      Host: 'gateway.example',
      Authorization: `Bearer ${idToken(uid, signedInFor)}`,
      'Content-Type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await handleConsole(request, service, '203.0.113.7');
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

async function callTool(key: string, name: string, args: object): Promise<number> {
  const request = new Request(`${ORIGIN}/mcp`, {
    method: 'POST',
    headers: {
      Host: 'gateway.example',
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
  return (await handleMcp(request, service, '203.0.113.7')).status;
}

const added = z.object({ connection: z.object({ id: z.string() }), apiKey: z.string() });

/** Everything that anybody can have here: by the product where it makes it, by its storage where that takes a host. */
async function makePerson(uid: string): Promise<string[]> {
  await api(uid, 'GET', '/me');
  const { connection, apiKey } = added.parse(
    (await api(uid, 'POST', '/connections', { kind: 'sandbox' })).body,
  );
  await callTool(apiKey, 'get_accounts', {});
  await callTool(apiKey, 'place_order', { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' });
  await api(uid, 'PATCH', `/connections/${connection.id}`, { approval: 'owner' });
  await callTool(apiKey, 'place_order', { symbol: 'NVDA', side: 'BUY', quantity: 2, order_type: 'MKT' });
  await callTool(apiKey, 'no_such_tool', {});
  const others = await storeRecords(uid);
  const ids = [connection.id, ...others];
  return [uid, `${uid}@example.com`, ...ids];
}

/** Connections of the other kinds, with what comes with them. @returns the ids of it all. */
async function storeRecords(uid: string): Promise<string[]> {
  const gateway = await storeGateway(uid);
  const oauth = await createConnection(
    db,
    { ownerUid: uid, kind: 'oauth', mode: 'paper', label: `OAuth of ${uid}` },
    { vault, value: { consumerKey: uid } },
  );
  const grantId = await storeConsent(uid, oauth.connection, [
    'AccessToken',
    'RefreshToken',
    'AuthorizationCode',
  ]);
  return [...gateway, oauth.connection.id, oauth.key.id, grantId];
}

/** One connection, with something in every collection. @returns the ids of it all. */
async function storeGateway(uid: string): Promise<string[]> {
  await saveUser(db, { uid, email: `${uid}@example.com` });
  const gateway = await createConnection(
    db,
    { ownerUid: uid, kind: 'gateway', mode: 'live', label: `Gateway of ${uid}` },
    { vault, value: { url: `https://${uid}.example` } },
  );
  const { connection } = gateway;
  const key = await createApiKey(db, { connection, label: 'bot', scope: 'read' });
  const until = Date.now() + HOUR_MS;
  const session = sessionStore(db, vault, connection.id);
  await session.write({
    accountIds: [`${ACCOUNT}-${uid}`],
    portfolioAccounts: { body: `["${uid}"]`, until },
  });
  await session.shareRead('request', { turn: 1, body: uid, until });
  const grantId = await storeConsent(uid, connection, ['AccessToken']);
  await storeCall(connection);
  await beginPanic(db, connection.id);
  await db.doc(`connections/${connection.id}/trading/register`).set({ day: '2026-11-28' });
  const intent = { ownerUid: uid, connectionId: connection.id, order: `{"accountId":"${ACCOUNT}-${uid}"}` };
  await db.collection('orderIntents').add(intent);
  return [connection.id, gateway.key.id, key.id, grantId];
}

async function storeConsent(uid: string, connection: Connection, models: string[]): Promise<string> {
  const grantId = await storeGrant(db, { ownerUid: uid, connectionId: connection.id, scope: 'write' });
  const end = new Date(Date.now() + HOUR_MS);
  const oidc = { db, vault };
  const payload = { grantId, accountId: uid, clientId: 'client', scope: 'write', aud: ORIGIN };
  for (const model of models) {
    await saveOidcRecord(oidc, model, `${model} ${grantId}`, { ...payload, kind: model }, end);
  }
  await saveOidcRecord(oidc, 'Grant', grantId, payload, end);
  const asked = `interaction ${grantId}`;
  await saveOidcRecord(oidc, 'Interaction', asked, {}, end);
  const result = { login: { accountId: uid }, consent: { grantId } };
  await saveOidcRecord(oidc, 'Interaction', asked, { result }, end);
  return grantId;
}

async function storeCall(connection: Connection): Promise<void> {
  await recordCall(
    { db, vault },
    {
      at: new Date(),
      caller: {
        source: 'console',
        credentialId: connection.ownerUid,
        credentialLabel: 'Console',
        clientName: 'console',
        clientVersion: '',
        scope: 'write',
        address: '203.0.113.7',
        requestId: 'trace',
      },
      connection,
      tool: 'connection.change',
      args: { label: connection.label },
      outcome: { outcome: 'ok', errorCode: null, errorMessage: null, intentId: null, upstreamCalls: 0 },
    },
  );
}

/** The whole database as text: every record of every collection at any depth, with what is sealed in it opened. */
async function everything(): Promise<Map<string, string>> {
  const records = new Map<string, string>();
  const walk = async (parent: Firestore | DocumentReference): Promise<void> => {
    for (const collection of await parent.listCollections()) {
      // Also those of which only something below them is left.
      for (const ref of await collection.listDocuments()) {
        const data = (await ref.get()).data();
        if (data !== undefined) records.set(ref.path, `${ref.path} ${JSON.stringify(data, opened(ref))}`);
        await walk(ref);
      }
    }
  };
  await walk(db);
  return records;
}

function opened({ path }: DocumentReference) {
  return (_: string, value: unknown): unknown => {
    const sealed = value as Sealed | null;
    if (typeof sealed?.dataKey !== 'string') return value;
    const places = [path, `${path} reads request`];
    for (const place of places) {
      try {
        return Buffer.from(vault.open(place, sealed)).toString('latin1');
      } catch {}
    }
    return value;
  };
}

async function recordsWith(needles: readonly string[]): Promise<string[]> {
  const records = [...(await everything())];
  return records.filter(([, text]) => needles.some((needle) => text.includes(needle))).map(([path]) => path);
}

const T0 = new Date('2026-11-28T12:00:00Z');
const later = (seconds: number) => new Date(T0.getTime() + seconds * 1000);

describe('a person with everything', () => {
  it('is deleted by the page, and nobody else is touched', async () => {
    const jane = await makePerson('jane');
    const before = await everything();
    await makePerson('tom');
    const known = await everything();
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
    expect(new Map([...(await everything())].filter(([path]) => toms.has(path)))).toEqual(toms);
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
    const toms = await everything();
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
    expect(await everything()).toEqual(toms);
  });
});

describe('deleting is refused', () => {
  it('without the address, after an old sign-in, and while orders may be working that nobody said may stay', async () => {
    const { connection, apiKey } = added.parse(
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
    return [...(await everything())].filter(([path]) => !path.startsWith('audit'));
  }
});

describe('a download', () => {
  it('has every record of the person, in pages, and nothing sealed or of anybody else', async () => {
    const jane = await makePerson('jane');
    const toms = await makePerson('tom');
    const own = await db.collection('connections').where('ownerUid', '==', 'jane').get();
    const some = own.docs[0];
    if (some === undefined) throw new Error('There is one.');
    const connection = await findConnection(db, 'jane', some.id);
    // More than a page.
    for (let i = 0; i < 120; i += 1) if (connection !== null) await storeCall(connection);
    const pages: z.output<typeof dataPage>[] = [];
    for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
      const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      pages.push(dataPage.parse((await api('jane', 'GET', `/account/data${query}`)).body));
    }
    const items = pages.flatMap((page) => page.items);
    const told = JSON.stringify(items);
    for (const each of jane) expect(told).toContain(each);
    for (const each of toms) expect(told).not.toContain(each);
    expect(told).not.toContain('dataKey');
    expect(told).toContain(`${ACCOUNT}-jane`);
    for (const collection of ['connections', 'apiKeys', 'grants', 'orderIntents', 'audit', 'sessions']) {
      const { docs } = await db.collection(collection).get();
      const records = docs.filter(
        (doc) => doc.get('ownerUid') === 'jane' || (collection === 'sessions' && jane.includes(doc.id)),
      );
      for (const { id } of records)
        expect(
          items.some((item) => item.id === id),
          `${collection}/${id}`,
        ).toBe(true);
    }
  });

  it.each(['nothing', 'orders/a/b', 'activity/__x__', '../users'])(
    'refuses the cursor %j',
    async (cursor) => {
      const { status } = await api('jane', 'GET', `/account/data?cursor=${encodeURIComponent(cursor)}`);
      expect([200, 400]).toContain(status);
      if (cursor !== 'activity/__x__') expect(status).toBe(400);
    },
  );
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
  for (const event of [inHeaders, inBody]) {
    const ids = await storeGateway('jane');
    const answer = await fetch(deployed.url, { method: 'POST', ...event });
    expect([answer.ok, await answer.text()]).toEqual([true, expect.any(String)]);
    expect(await recordsWith(['jane', ...ids])).toEqual(['accountDeletions/jane']);
  }
  expect((await recordsWith(['tom'])).length).toBeGreaterThan(5);
});
