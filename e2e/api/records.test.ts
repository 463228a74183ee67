/** What the service writes down: one audit record for each call, and never a raw key. */
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type CreatedApiKey, createApiKey } from '../../functions/src/store/credentials/api-keys.ts';
import { api, signInAs, signInAsDemoUser } from '../console-client.ts';
import { database } from '../database.ts';
import { startHostingProxy } from '../hosting-proxy.ts';
import { callTool, failTool, rpc, send } from '../mcp-endpoint.ts';
import { newOwner } from '../oauth/oauth-calls.ts';
import { Browser, OauthHost } from '../oauth/oauth-host.ts';
import { demo } from '../own-stack.ts';
import { newSandbox } from '../sandbox.ts';

/** As in W3C Trace Context. */
const TRACE_ID = expect.stringMatching(/^[\da-f]{32}$/);

let key: CreatedApiKey;

beforeAll(async () => {
  const { uid, connectionId } = demo();
  const connection = { id: connectionId, ownerUid: uid };
  key = await createApiKey(database(), { connection, label: 'audited', scope: 'read' });
});

async function records() {
  const found = await database().collection('audit').where('credentialId', '==', key.id).get();
  return found.docs.map((document) => document.data()).sort((a, b) => a.at.toMillis() - b.at.toMillis());
}

/** Rather than that something was about to be done. */
const isEnd = ({ outcome }: Record<string, unknown>) => outcome !== 'begun';

it('records every call once, with who, what and how it ended', async () => {
  const { uid, connectionId } = demo();
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

  const common = {
    source: 'api_key',
    connectionId,
    connectionKind: 'sandbox',
    ownerUid: uid,
    scope: 'read',
    address: '127.0.0.1',
    requestId: TRACE_ID,
  };
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
  const { uid, connectionId } = demo();
  const owner = await signInAsDemoUser();
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

it('records what the owner changes, without its secrets', async () => {
  const owner = await signInAs('diarist');
  const change = async (method: string, path: string, body?: object) => {
    const answer = await api(owner, method, path, body);
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
    return answer.body;
  };
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(
    await change('POST', '/connections', {
      kind: 'gateway',
      mode: 'paper',
      label: 'Home',
      url: 'https://gateway.example.com',
      headers: { 'x-proxy': 'hunter2-audit' },
    }),
  );
  const path = `/connections/${connection.id}`;
  const secrets = { url: 'https://gateway.example.com', headers: { 'x-proxy': 'hunter2-audit' } };
  await change('PATCH', path, { label: 'Cellar', secrets });
  const { key } = z
    .object({ key: z.object({ id: z.string() }) })
    .parse(await change('POST', `${path}/keys`, { label: 'job', scope: 'read' }));
  await change('PATCH', `/keys/${key.id}`, { limits: { trading: false } });
  await change('DELETE', `/keys/${key.id}`);
  await change('POST', `${path}/panic`);
  await change('PATCH', path, { limits: { trading: true } });
  await change('DELETE', path);

  const found = await database().collection('audit').where('connectionId', '==', connection.id).get();
  const acts = found.docs
    .map((document) => document.data())
    .filter(isEnd)
    .sort((a, b) => a.at.toMillis() - b.at.toMillis());
  expect(acts.map(({ tool }) => tool)).toEqual([
    'connection.create',
    'connection.change',
    'key.create',
    'key.change',
    'key.revoke',
    'panic',
    'resume',
    'connection.delete',
  ]);
  for (const act of acts) {
    expect(act).toMatchObject({
      source: 'console',
      outcome: 'ok',
      address: '127.0.0.1',
      requestId: TRACE_ID,
    });
  }
  expect(JSON.parse(acts[2]?.arguments)).toMatchObject({ label: 'job', scope: 'read' });
  expect(JSON.parse(acts[4]?.arguments)).toMatchObject({ label: 'job' });
  expect(JSON.stringify(acts)).not.toMatch(/hunter2|gateway\.example/);
});

it('records what the owner decides about an order, also where it fails', async () => {
  const { id, key } = await newSandbox({ approval: 'owner' });
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1 };
  const { intent_id } = await callTool('place_order', order, key);
  const intentId = String(intent_id);
  const trader = await signInAs('trader');
  const decide = (decision: object) => api(trader, 'POST', `/intents/${intentId}`, decision);
  expect(await decide({ decision: 'approve', orderHash: '0'.repeat(64) })).toMatchObject({ status: 400 });
  expect(await decide({ decision: 'reject' })).toMatchObject({ status: 200 });

  const audit = database().collection('audit');
  const found = await audit.where('connectionId', '==', id).where('intentId', '==', intentId).get();
  const acts = found.docs.map((document) => document.data()).filter(({ source }) => source === 'console');
  expect(acts.sort((a, b) => a.at.toMillis() - b.at.toMillis())).toMatchObject([
    { tool: 'order.approve', outcome: 'error', errorCode: 'approval_expired' },
    { tool: 'order.reject', outcome: 'ok' },
  ]);
});

it('records which apps the owner connects and revokes', async () => {
  const proxy = await startHostingProxy();
  const { idToken, connectionId } = await newOwner('app-diarist');
  const host = await OauthHost.open(proxy);
  const tokens = await host.connect(new Browser(proxy), idToken, { connectionId, scope: 'read' });
  expect((await rpc('tools/call', { name: 'no_tool' }, { key: tokens.access_token })).status).toBe(200);
  const audit = database().collection('audit').where('connectionId', '==', connectionId);
  const called = (await audit.where('source', '==', 'oauth').get()).docs.map((document) => document.data());
  const grantId = called[0]?.credentialId;
  expect(await api(idToken, 'PATCH', `/apps/${grantId}`, { approval: 'owner' })).toMatchObject({
    status: 200,
  });
  expect(await api(idToken, 'DELETE', `/apps/${grantId}`)).toMatchObject({ status: 204 });
  await proxy.stop();

  const { docs } = await audit.where('source', '==', 'console').get();
  const acts = docs
    .map((document) => document.data())
    .filter(isEnd)
    .sort((a, b) => a.at.toMillis() - b.at.toMillis());
  expect(acts.map(({ tool }) => tool)).toEqual([
    'connection.create',
    'app.allow',
    'app.change',
    'app.revoke',
  ]);
  const [, ...ofApp] = acts.map((act) => JSON.parse(act.arguments));
  const label = called[0]?.credentialLabel;
  expect(ofApp).toMatchObject([
    { label, scope: 'read' },
    { label, approval: { from: null, to: 'owner' } },
    { label },
  ]);
});

it('records calls whose arguments are nested deeper than anything can write down', async () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const body = (tool: string, depth: number) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":{"deep":${nested(depth)}}}}`;
  const headers = { Authorization: `Bearer ${key.apiKey}`, 'Content-Type': 'application/json' };
  const before = (await records()).length;
  const statuses = [];
  for (const [tool, depth] of [
    ['get_cash', 5_000],
    ['place_order', 20_000],
  ] as const) {
    statuses.push((await send({ headers, body: body(tool, depth) })).status);
  }
  expect(statuses).toEqual([400, 400]);
  expect((await records()).slice(before)).toMatchObject([
    { tool: 'get_cash', arguments: '(unreadable)', errorCode: 'invalid_arguments' },
    { tool: 'place_order', arguments: '(unreadable)', errorCode: 'invalid_arguments' },
  ]);
});

it('records a key that is used from an address it is not allowed, and tells the caller no other', async () => {
  const { uid, connectionId } = demo();
  const bound = await createApiKey(database(), {
    connection: { id: connectionId, ownerUid: uid },
    label: 'bound',
    scope: 'write',
    allowedIps: ['203.0.113.0/24'],
  });
  for (const answer of [
    await rpc('tools/call', { name: 'get_cash', arguments: {} }, { key: bound.apiKey }),
    await rpc('tools/list', {}, { key: bound.apiKey }),
  ]) {
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('127.0.0.1');
    expect(answer.text).not.toContain('203.0.113');
  }
  const found = await database().collection('audit').where('credentialId', '==', bound.id).get();
  const refused = found.docs.map((document) => document.data());
  expect(refused.map(({ tool }) => tool).sort()).toEqual(['get_cash', 'tools/list']);
  for (const record of refused) {
    expect(record).toMatchObject({
      outcome: 'error',
      errorCode: 'address_not_allowed',
      errorMessage: expect.stringContaining('address that the key does not allow'),
      address: '127.0.0.1',
    });
  }
});

it('stores no key and no token, wherever a caller puts it', async () => {
  const token = 'Tq3-'.repeat(11).slice(0, 43);
  const meta = { key: key.apiKey, headers: { 'User-Agent': `agent ${key.apiKey}` } };
  const clientInfo = { name: `named ${key.apiKey}`, version: token };
  await rpc('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo }, meta);
  await rpc('tools/call', { name: key.apiKey, arguments: {} }, meta);
  await rpc('tools/call', { name: 'get_quote', arguments: { symbol: `\n${token}`, [token]: 1 } }, meta);
  const dump = JSON.stringify([
    await records(),
    (await database().collection('apiKeys').doc(key.id).get()).data(),
  ]);
  expect(dump).toContain('named (key)');
  expect(dump).not.toContain(key.apiKey);
  expect(dump).not.toContain(token);
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
    expect(dump).not.toContain(demo().apiKey);
    if (collection.id === 'audit') expect(dump.toUpperCase()).not.toContain(known);
  }
});

it('notes when a key was last used', async () => {
  const stored = await database().collection('apiKeys').doc(key.id).get();
  expect(Date.now() - stored.data()?.lastUsedAt.toMillis()).toBeLessThan(120_000);
});
