/** What the service writes down: one audit record for each call, and never a raw key. */
import { beforeAll, expect, inject, it } from 'vitest';
import { type CreatedApiKey, createApiKey } from '../functions/src/store/api-keys.ts';
import { api, signIn } from './console-client.ts';
import { database } from './database.ts';
import { callTool, failTool, rpc } from './mcp-endpoint.ts';

let key: CreatedApiKey;

beforeAll(async () => {
  const { uid, connectionId } = inject('demo');
  const connection = { id: connectionId, ownerUid: uid };
  key = await createApiKey(database(), { connection, label: 'audited', scope: 'read' });
});

async function records() {
  const found = await database().collection('audit').where('credentialId', '==', key.id).get();
  return found.docs.map((document) => document.data()).sort((a, b) => a.at.toMillis() - b.at.toMillis());
}

it('records every call once, with who, what and how it ended', async () => {
  const { uid, connectionId } = inject('demo');
  await rpc(
    'initialize',
    { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'diary', version: '3.1' } },
    { key: key.apiKey, headers: { 'User-Agent': 'node' } },
  );
  const call = (name: string, args: Record<string, unknown>, userAgent: string) =>
    rpc('tools/call', { name, arguments: args }, { key: key.apiKey, headers: { 'User-Agent': userAgent } });
  await call('get_quote', { symbol: 'NVDA' }, 'node');
  await call('get_quote', { symbol: 'NVDA', typo: 1 }, 'curl/8.5.0');
  await call('place_order', {}, 'node');
  await call('no_such_tool', {}, 'node');

  const common = { source: 'api_key', connectionId, connectionKind: 'sandbox', ownerUid: uid, scope: 'read' };
  const stored = await records();
  expect(stored).toHaveLength(4);
  expect(stored).toMatchObject([
    {
      ...common,
      tool: 'get_quote',
      outcome: 'ok',
      errorCode: null,
      clientName: 'diary',
      clientVersion: '3.1',
    },
    {
      ...common,
      tool: 'get_quote',
      outcome: 'error',
      errorCode: 'invalid_arguments',
      clientName: 'curl',
      clientVersion: '8.5.0',
    },
    { ...common, tool: 'place_order', outcome: 'error', errorCode: 'insufficient_scope', upstreamCalls: 0 },
    { ...common, tool: 'no_such_tool', outcome: 'error', errorCode: 'not_found', upstreamCalls: 0 },
  ]);
  expect(stored[0]?.upstreamCalls).toBeGreaterThan(0);
  expect(stored[0]?.milliseconds).toBeGreaterThan(0);
  expect(stored[0]?.expireAt.toMillis()).toBeGreaterThan(Date.now());
});

it('records each call of many at once', async () => {
  const before = (await records()).length;
  await Promise.all(Array.from({ length: 6 }, () => callTool('get_cash', {}, key.apiKey)));
  expect(await records()).toHaveLength(before + 6);
});

it('records what the owner does in the console, but not what they look at', async () => {
  const { uid, connectionId, email } = inject('demo');
  const owner = await signIn({ sub: 'demo-google-id', email });
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1 };
  const { order_id } = await callTool('place_order', order);
  await api(owner, 'POST', `/connections/${connectionId}/tools/get_cash`, {});
  const path = `/connections/${connectionId}/orders/${order_id}/cancel`;
  expect(await api(owner, 'POST', path, {})).toMatchObject({ status: 200 });

  const found = await database().collection('audit').where('source', '==', 'console').get();
  const records = found.docs.map((document) => document.data());
  expect(records.filter(({ tool }) => tool === 'get_cash')).toEqual([]);
  expect(records.filter((record) => record.arguments.includes(order_id))).toMatchObject([
    { tool: 'cancel_order', ownerUid: uid, connectionId, outcome: 'ok' },
  ]);
});

it('stores no raw key, and no account number in the audit', async () => {
  const { account_id } = await callTool('get_current_account', {}, key.apiKey);
  const known = String(account_id);
  await callTool('get_portfolio', { account_id: known }, key.apiKey);
  await callTool('get_portfolio', { account_id: known.toLowerCase() }, key.apiKey);
  await failTool('get_quote', { symbol: `${known}X` }, key.apiKey);
  const collections = await database().listCollections();
  expect(collections.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['apiKeys', 'audit', 'connections', 'users']),
  );
  for (const collection of collections) {
    const documents = (await collection.get()).docs;
    const dump = JSON.stringify(documents.map((document) => [document.ref.path, document.data()]));
    expect(dump).not.toContain(key.apiKey);
    expect(dump).not.toContain(inject('demo').apiKey);
    if (collection.id === 'audit') expect(dump.toUpperCase()).not.toContain(known);
  }
});

it('notes when a key was last used', async () => {
  const stored = await database().collection('apiKeys').doc(key.id).get();
  expect(Date.now() - stored.data()?.lastUsedAt.toMillis()).toBeLessThan(120_000);
});
