/**
 * What an earlier release stored is read by today's, and goes on as if nothing had happened. Records are made, and cut down
 * to what that release wrote: a field that was added since and has no default fails here.
 */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { weakStorage } from '../../local/src/firestore/weak-storage.ts';
import { migrateAll } from './store/migration.ts';
import { idToken } from './testing/console/console-owner.ts';
import { askConsole } from './testing/console/requests.ts';
import { storeGrant } from './testing/oauth/grants.ts';
import { newMcpTrader, useMcpTraders } from './testing/orders/mcp-trader.ts';

/** The fields of each collection as they were first agreed to, from the history of `testing/answers/records/`. */
const FIRST_FIELDS: Readonly<Record<string, string>> = {
  users: 'createdAt email',
  connections:
    'acceptedWarnings allowTakeover approval createdAt currentAccountId kind label limits mode ownerUid pacedUntil panic version',
  apiKeys:
    'allowedIps approval client connectionId createdAt expireAt expiresAt first label last lastUsedAt limits ownerUid revokedAt scope',
  grants:
    'approval clientId clientName connectionId createdAt expireAt lastUsedAt limits ownerUid redirectHost revokedAt scope',
  sessions: 'accountIds epoch lease openedAt portfolioAccounts trouble',
  trading: 'apps day held open recent sales total',
  orderIntents:
    'absentSince acceptedWarnings app approval arrivesBy asked averagePrice cOID clientOrderId conid connectionId countedOn ' +
    'createdAt exitOrderIds expireAt filledAt filledOrderId filledQuantity guardKeys history ibkrOrderId ibkrStatus nextLookAt ' +
    'notTaken ocaOrderId order orderHash orders ownerUid preview question reason reconciledAt sales sentAt state updatedAt value',
  channels:
    'connectionId createdAt disabledAt disabledBy dueAt failingSince failures heldUntil kind label ownerUid pausedUntil target types version',
  audit:
    'address arguments at clientName clientVersion connectionId connectionKind credentialId credentialLabel errorCode errorMessage ' +
    'expireAt intentId milliseconds outcome ownerUid requestId scope source tool upstreamCalls',
};
/** What that release did not have. */
const LATER_COLLECTIONS = ['auditChains', 'auditKeys', 'news'];

let db: Firestore;
useMcpTraders(weakStorage(), (opened) => {
  db = opened;
});

/** Leaves of all records what the earlier release would have written. */
async function putBack(): Promise<void> {
  for (const [collection, fields] of Object.entries(FIRST_FIELDS)) {
    const { docs } = await db.collectionGroup(collection).get();
    expect(docs, collection).not.toEqual([]);
    for (const { ref, data } of docs.map((document) => ({ ref: document.ref, data: document.data() }))) {
      const kept = Object.entries(data).filter(([field]) => fields.split(' ').includes(field));
      await ref.delete();
      // Records of the audit had ids of no meaning.
      const place = collection === 'audit' ? ref.parent.doc() : ref;
      await place.set(Object.fromEntries(kept));
    }
  }
  for (const collection of LATER_COLLECTIONS) await db.recursiveDelete(db.collection(collection));
}

it('goes on with what an earlier release stored', () => expectToGoOn(async () => {}));

it('goes on just so once that was migrated', () =>
  expectToGoOn(async () => {
    const reports = await migrateAll(db, { isDryRun: false });
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    const rewritten = reports.filter((report) => report.rewritten > 0).map(({ collection }) => collection);
    expect(rewritten).toEqual(expect.arrayContaining(['connections', 'grants', 'orderIntents', 'channels']));
    const again = await migrateAll(db, { isDryRun: true });
    expect(again.map(({ older }) => older)).toEqual(again.map(() => 0));
  }));

/** @param migrate Comes between the earlier release and today's. */
async function expectToGoOn(migrate: () => Promise<void>): Promise<void> {
  const trader = await newMcpTrader(db);
  const { connection, call, buy, sent } = trader;
  const service = { ...trader.service, resolve: async () => [{ address: '203.0.113.9', family: 4 }] };
  const { id, ownerUid } = connection;
  const api = async (method: string, path: string, body?: object) => {
    const answer = await askConsole(service, {
      method,
      path: `/api${path}`,
      bearer: idToken(ownerUid),
      body,
    });
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer.body;
  };
  await api('GET', '/me');
  await api('POST', '/channels', { kind: 'webhook', label: 'script', url: 'https://example.com/news' });
  const grantId = await storeGrant(db, { ownerUid, connectionId: id });
  const working = await buy(1);
  await api('PATCH', `/connections/${id}`, { approval: 'owner', limits: { maxDailyOrders: 2 } });
  const { intent_id: waiting } = (await buy(2)) ?? {};

  await putBack();
  await migrate();

  // An order is the same order, wherever it was when the functions were replaced.
  expect(await buy(1)).toMatchObject({ order_id: working?.order_id });
  expect(await call('get_order_status', { client_order_id: 'order-1' })).toMatchObject({ state: 'working' });
  const { intent } = await api('GET', `/intents/${waiting}`);
  await api('POST', `/intents/${waiting}`, { decision: 'approve', orderHash: intent.orderHash });
  expect(await sent()).toEqual([1, 2]);
  expect(await call('cancel_order', { client_order_id: 'order-1' })).toMatchObject({ state: 'cancelled' });
  // Nothing is allowed that was not, and what was counted still counts.
  expect(await buy(3)).toMatchObject({ error: { code: 'limit_exceeded' } });
  expect(await sent()).toEqual([1, 2]);

  const [key] = (await api('GET', `/connections/${id}/keys`)).items;
  await api('PATCH', `/keys/${key.id}`, { version: key.version, limits: { maxDailyOrders: 1 } });
  const [app] = (await api('GET', '/apps')).items;
  expect(app).toMatchObject({ grantId });
  await api('PATCH', `/apps/${grantId}`, { version: app.version, approval: 'none' });
  expect((await api('GET', '/channels')).items).toMatchObject([{ label: 'script', quietHours: null }]);
  expect(
    (await api('GET', `/audit?connectionId=${id}`)).items.map(({ tool }: { tool: string }) => tool),
  ).toContain('get_current_account');
  const { isIntact, unproven } = await api('GET', `/connections/${id}/audit/verify`);
  expect({ isIntact, unproven }).toEqual({ isIntact: true, unproven: expect.any(Number) });
  expect(unproven).toBeGreaterThan(0);
  await api('GET', '/account/data');
}
