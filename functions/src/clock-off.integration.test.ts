/** What a process does whose clock is five minutes off storage's, which keeps the time for all of them. */
import type { Firestore } from 'firebase-admin/firestore';
import { afterEach, expect, it } from 'vitest';
import { weakStorage } from '../../local/src/firestore/weak-storage.ts';
import { authenticate } from './mcp/principal.ts';
import { RecordAdapter } from './oauth/provider/record-adapter.ts';
import { verifyChain } from './store/audit-chain/verify-chain.ts';
import { createApiKey } from './store/credentials/api-keys.ts';
import { findGrant } from './store/credentials/grants.ts';
import { oidcRecord } from './store/oidc/oidc-records.ts';
import { newSandboxConnection } from './testing/access.ts';
import { auditStorage, recordTestCall } from './testing/audit.ts';
import { idToken } from './testing/console/console-owner.ts';
import { askConsole } from './testing/console/requests.ts';
import { storeGrant } from './testing/oauth/grants.ts';
import { newMcpTrader, useMcpTraders } from './testing/orders/mcp-trader.ts';
import { simulatorUrl } from './testing/sandbox.ts';
import { testService } from './testing/service.ts';

const OFF_MS = 5 * 60_000;

let db: Firestore;
const storage = weakStorage();
useMcpTraders(storage, (opened) => {
  db = opened;
});
afterEach(() => {
  storage.clockAheadMs = 0;
});

/** By how much storage's clock is ahead of that of a process which is so. */
const OFF = [
  ['ahead', -OFF_MS],
  ['behind', OFF_MS],
] as const;
const MINUTE = 60_000;

it.each([
  ['ahead', -OFF_MS],
  ['behind', OFF_MS],
])(
  'sends no order where it is %s, reads and cancels, and goes on when it is right',
  async (where, storageAheadMs) => {
    const trader = await newMcpTrader(db);
    const { order_id } = (await trader.buy(1)) ?? {};
    storage.clockAheadMs = storageAheadMs;
    const { error } = (await trader.buy(2)) ?? {};
    expect(error).toMatchObject({
      code: 'internal_error',
      hint: expect.stringContaining('Nothing was sent'),
    });
    expect(error?.message).toContain(`5 min ${where}`);
    expect(await trader.sent()).toEqual([1]);
    // What is known by its name is answered as ever.
    expect(await trader.buy(1)).toMatchObject({ order_id });
    expect(await trader.call('get_orders', {})).not.toHaveProperty('error');
    expect(await trader.call('cancel_order', { order_id })).toMatchObject({ state: 'cancelled' });
    storage.clockAheadMs = 0;
    expect(await trader.buy(2)).toMatchObject({ state: 'working' });
    expect(await trader.sent()).toEqual([1, 2]);
  },
);

it.each(OFF)('lets a key in until its time is up, where it is %s', async (_, storageAheadMs) => {
  const { connection } = await newSandboxConnection(db);
  const keyEnding = async (inMs: number) => {
    const expiresAt = new Date(Date.now() + storageAheadMs + inMs);
    return (await createApiKey(db, { connection, label: 'job', scope: 'read', expiresAt })).apiKey;
  };
  const [ended, lasting] = [await keyEnding(-2 * MINUTE), await keyEnding(2 * MINUTE)];
  storage.clockAheadMs = storageAheadMs;
  const service = testService(db, { simulatorUrl: simulatorUrl() });
  await expect(authenticate(service, `Bearer ${ended}`)).rejects.toMatchObject({ why: 'unknown' });
  await authenticate(service, `Bearer ${lasting}`);
});

it.each(OFF)('asks for a new sign-in after five minutes, where it is %s', async (_, storageAheadMs) => {
  const { connection, uid } = await newSandboxConnection(db);
  const service = testService(db, { simulatorUrl: simulatorUrl() });
  const path = `/api/connections/${connection.id}/keys`;
  const make = async (minutesAgo: number) => {
    const bearer = idToken(uid, (minutesAgo * MINUTE - storage.clockAheadMs) / 1_000);
    return (await askConsole(service, { method: 'POST', path, bearer, body: { label: 'more' } })).status;
  };
  storage.clockAheadMs = storageAheadMs;
  expect([await make(6), await make(4)]).toEqual([403, 201]);
  storage.clockAheadMs = 0;
  expect([await make(6), await make(4)]).toEqual([403, 201]);
});

it.each(OFF)(
  'ends an app for a token that was used again late, and not soon, where it is %s',
  async (_, storageAheadMs) => {
    const { vault } = testService(db);
    const adapter = new RecordAdapter({ db, vault }, 'RefreshToken');
    /** Another process, whose clock is right, used it up. */
    const usedAgain = async (agoMs: number) => {
      storage.clockAheadMs = 0;
      const id = `${agoMs} ${storageAheadMs}`;
      const grantId = await storeGrant(db);
      await adapter.upsert(id, { kind: 'RefreshToken', grantId, clientId: 'client', scope: 'read' }, 86_400);
      await adapter.consume(id);
      const consumedAt = new Date(Date.now() + storageAheadMs - agoMs);
      await oidcRecord(db, 'RefreshToken', id).update({ consumedAt });
      storage.clockAheadMs = storageAheadMs;
      await adapter.consume(id).catch(() => {});
      return findGrant(db, grantId);
    };
    expect(await usedAgain(5_000)).toMatchObject({ revokedAt: null });
    expect(await usedAgain(2 * MINUTE)).toMatchObject({ replayedAt: expect.any(Date) });
  },
);

it.each(OFF)(
  'tells records that have expired from ones that were deleted, where it is %s',
  async (_, storageAheadMs) => {
    const audit = auditStorage(db);
    const withoutFirst = async (connectionId: string, endsInMs: number) => {
      const at = new Date(Date.now() + storageAheadMs + endsInMs - 90 * 1_440 * MINUTE);
      const { id } = await recordTestCall(audit, connectionId, { n: 1 }, at);
      await recordTestCall(audit, connectionId, { n: 2 });
      await db.collection('audit').doc(id).delete();
      return { ownerUid: 'owner', connectionId };
    };
    const expired = await withoutFirst(`expired ${storageAheadMs}`, -2 * MINUTE);
    const deleted = await withoutFirst(`deleted ${storageAheadMs}`, 2 * MINUTE);
    storage.clockAheadMs = storageAheadMs;
    expect(await verifyChain(audit, expired)).toMatchObject({ isIntact: true, breaks: [] });
    expect(await verifyChain(audit, deleted)).toMatchObject({ breaks: [{ kind: 'missing' }] });
    // What is written by either clock is one chain.
    await recordTestCall(audit, expired.connectionId, { n: 3 });
    storage.clockAheadMs = 0;
    await recordTestCall(audit, expired.connectionId, { n: 4 }, new Date(Date.now() + storageAheadMs));
    expect(await verifyChain(audit, expired, { now: new Date(Date.now() + OFF_MS) })).toMatchObject({
      isIntact: true,
      records: 3,
    });
  },
);
