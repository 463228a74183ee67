/** An instance that the platform ends, in the runtime that it has when deployed, while orders are on their way. */
import { randomBytes } from 'node:crypto';
import { type Firestore, Timestamp } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { weakStorage } from '../../../local/src/firestore/weak-storage.ts';
import { Vault } from '../store/vault/vault.ts';
import { newMcpTrader, toolCalls, useMcpTraders } from '../testing/orders/mcp-trader.ts';
import { runFunction } from '../testing/runtime/functions-runtime.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { controlSimulator } from '../testing/simulator-control.ts';
import { ABANDONED_MS } from '../trading/domain/ledger.ts';

const QUANTITIES = [1, 2, 3, 4, 5, 6];

let db: Firestore;
let databaseUrl: string;
useMcpTraders(weakStorage(), (opened, host) => {
  db = opened;
  databaseUrl = host;
});

/** No instance sends anything so late. */
async function letTimePass(connectionId: string): Promise<void> {
  const before = Date.now() - 2 * ABANDONED_MS;
  const register = db.doc(`connections/${connectionId}/trading/register`);
  const { docs } = await db.collection('orderIntents').where('connectionId', '==', connectionId).get();
  for (const { ref, id } of docs) {
    const at = Timestamp.fromMillis(before);
    await ref.update({ createdAt: at, updatedAt: at, sentAt: at });
    await register.update({ [`open.${id}.since`]: before });
  }
}

it('is followed by one that tells the truth of each order, and places none twice', async () => {
  const VAULT_KEYS = `test:${randomBytes(32).toString('base64')}`;
  const { connection, apiKey, call, buy, sent } = await newMcpTrader(db, { vault: new Vault(VAULT_KEYS) });
  const ended = await runFunction('mcp', {
    VAULT_KEYS,
    PUBLIC_ORIGIN: 'http://127.0.0.1:1',
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-test',
    SIMULATOR_URL: simulatorUrl(),
    FIRESTORE_EMULATOR_HOST: databaseUrl,
    METADATA_SERVER_DETECTION: 'none',
    FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
  });
  await controlSimulator(simulatorUrl(), 'POST', 'faults', {
    match: { method: 'POST', path: '/iserver/account/*/orders', sandbox: connection.id },
    kind: 'late_answer',
    delayMs: 30_000,
  });
  const there = toolCalls(apiKey, (request) => fetch(new Request(`${ended.url}/mcp`, request)));
  const answers = Promise.allSettled(QUANTITIES.map((quantity) => there.buy(quantity)));
  await expect.poll(sent).not.toEqual([]);
  await ended.stop('SIGTERM');
  expect((await answers).map(({ status }) => status)).toEqual(QUANTITIES.map(() => 'rejected'));
  await controlSimulator(simulatorUrl(), 'DELETE', `faults?sandbox=${connection.id}`);
  await letTimePass(connection.id);

  const before = await sent();
  for (const quantity of QUANTITIES) {
    const status = await call('get_order_status', { client_order_id: `order-${quantity}` });
    if (before.includes(quantity)) expect(status).toMatchObject({ state: 'working' });
    else expect(status?.state ?? status?.error?.code).toMatch(/^not_(placed|found)$/);
  }
  for (const quantity of QUANTITIES) await buy(quantity);
  const after = (await sent()).sort();
  expect(after).toEqual([...new Set(after)]);
  expect(after).toEqual(expect.arrayContaining(before));
});
