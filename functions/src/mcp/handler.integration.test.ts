/** What `/mcp` answers and logs when credentials or storage fail. */
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, expect, it } from 'vitest';
import type { Connection } from '../store/connections.ts';
import { generateApiKey, hashApiKey } from '../store/credentials/api-key-format.ts';
import { createApiKey, revokeApiKey } from '../store/credentials/api-keys.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { unableToRecord } from '../testing/audit.ts';
import { useFirestore } from '../testing/firestore.ts';
import { logged } from '../testing/logged.ts';
import { ADDRESS, ORIGIN, testService } from '../testing/service.ts';
import { handleMcp } from './handler.ts';

let db: Firestore;
let connection: Connection;
let apiKey: string;

useFirestore((opened) => {
  db = opened;
});
beforeAll(async () => {
  ({ connection, apiKey } = await newSandboxConnection(db));
});

const NO_TOOL = 'Unknown tool: no_tool. tools/list has those that there are.';

/** A call of a tool that there is not, so that nothing but storage is needed. */
function call(
  storage: Firestore,
  authorization: string,
  address = ADDRESS,
  { path = '/mcp', params = { name: 'no_tool' } as object } = {},
): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return post(storage, authorization, body, address, path);
}

function post(
  storage: Firestore,
  authorization: string,
  body: string,
  address = ADDRESS,
  path = '/mcp',
): Promise<Response> {
  const service = testService(storage, { localMode: false, callsPerMinute: 600 });
  const request = new Request(ORIGIN + path, {
    method: 'POST',
    headers: { Host: 'gateway.example', 'Content-Type': 'application/json', Authorization: authorization },
    body,
  });
  return handleMcp(request, service, address);
}

it('answers 503 in JSON, and when to come again, where a credential cannot be read', async () => {
  const unreadable = generateApiKey();
  await db.collection('apiKeys').doc(hashApiKey(unreadable)).set({ label: 5 });
  const answer = await call(db, `Bearer ${unreadable}`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } });
});

it.each([
  ['null', null],
  ['an object as text', '{"code": 1}'],
  ['empty text', ''],
])('takes %s for arguments', async (_, args) => {
  const params = { name: 'no_tool', arguments: args };
  const answer = await call(db, `Bearer ${apiKey}`, undefined, { params });
  expect(await answer.json()).toMatchObject({ error: { message: NO_TOOL } });
});

it.each([[1], [[]], ['NVDA'], ['[1]'], [true]])('says what arguments are to who sends %j', async (args) => {
  const params = { name: 'no_tool', arguments: args };
  const answer = await call(db, `Bearer ${apiKey}`, undefined, { params });
  expect(await answer.json()).toEqual({
    jsonrpc: '2.0',
    id: 1,
    error: {
      code: -32_602,
      message: 'The arguments of a call are an object, such as {"symbol": "NVDA"}.',
    },
  });
});

it.each([
  ['an argument', (args: string) => args],
  ['arguments as text', (args: string) => JSON.stringify(args)],
])('refuses %s nested deeper than anything is', async (_, argumentsOf) => {
  const args = `{"symbol": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const body = `{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no_tool", "arguments": ${argumentsOf(args)}}}`;
  const answer = await post(db, `Bearer ${apiKey}`, body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining('64 levels') } });
});

it('counts the calls of a batch, not the batch', async () => {
  const { apiKey: key } = await newSandboxConnection(db);
  const body = JSON.stringify(
    Array.from({ length: 20 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' })),
  );
  const statuses: number[] = [];
  for (let sent = 0; sent < 32; sent++) statuses.push((await post(db, `Bearer ${key}`, body)).status);
  expect(statuses.slice(0, 30)).toEqual(Array(30).fill(200));
  expect(statuses.slice(30)).toEqual([429, 429]);
});

it.each(['/mcp', '/mcp/'])('leads who calls %s to the metadata of just that URL', async (path) => {
  const answer = await call(db, 'Bearer nonsense', undefined, { path });
  expect(answer.headers.get('www-authenticate')).toContain(
    `resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource${path}"`,
  );
});

it('answers a call whose record cannot be written', async () => {
  const answer = await call(unableToRecord(db), `Bearer ${apiKey}`);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ error: { message: NO_TOOL } });
  expect(logged('ERROR').map(({ message }) => message)).toEqual([expect.stringContaining('audit record')]);
});

it('logs that a credential was refused, and why, but not the credential', async () => {
  const {
    id,
    record,
    apiKey: revoked,
  } = await createApiKey(db, {
    connection,
    label: 'old',
    scope: 'read',
  });
  await revokeApiKey(db, { id, ...record });
  for (const [authorization, why] of [
    [`Bearer ${revoked}`, 'unknown'],
    [`Bearer ${'t'.repeat(43)}`, 'unknown'],
    ['Basic dXNlcjpwYXNz', 'malformed'],
  ] as const) {
    expect((await call(db, authorization, '203.0.113.1')).status).toBe(401);
    const said = { why, address: '203.0.113.1', requestId: expect.any(String), message: expect.any(String) };
    expect(logged('WARNING').at(-1)).toMatchObject(said);
  }
  const text = JSON.stringify(logged('WARNING'));
  for (const secret of [revoked, 't'.repeat(43), 'dXNlcjpwYXNz']) expect(text).not.toContain(secret);
});

it('logs of many refusals of one address only the first, and those of others all the same', async () => {
  for (let i = 0; i < 40; i++) await call(db, 'Bearer nonsense', '203.0.113.2');
  expect(logged('WARNING')).toHaveLength(10);
  await call(db, 'Bearer nonsense', '203.0.113.3');
  expect(logged('WARNING')).toHaveLength(11);
});

it.each([
  ['GET_QUOTE', 'It may be get_quote.'],
  [' get-quote', 'It may be get_quote.'],
  ['mcp__ibkr__place_order', 'It may be place_order.'],
  ['ibkr.getPnl', 'It may be get_pnl.'],
  ['replace_order', 'tools/list has those that there are.'],
  [`${'x'.repeat(3_000)}\u202e`, 'tools/list has those that there are.'],
])('says of a tool that there is not which one is meant: %s', async (name, words) => {
  const answer = await call(db, `Bearer ${apiKey}`, undefined, { params: { name } });
  const { error } = (await answer.json()) as { error: { code: number; message: string } };
  expect(error.code).toBe(-32602);
  expect(error.message).toContain(words);
  expect(error.message.length).toBeLessThan(130);
  expect(error.message).not.toContain('\u202e');
});

it.each([
  ['initialize', { protocolVersion: '2025-06-18', capabilities: {} }, 'clientInfo'],
  [
    'initialize',
    { protocolVersion: 5, capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    'protocolVersion',
  ],
  ['initialize', undefined, 'expected object'],
  ['tools/list', { cursor: 5 }, 'cursor'],
  ['tools/call', { arguments: {} }, 'name'],
  ['tools/call', undefined, 'expected object'],
])('takes wrong parameters of %s for the caller’s mistake: %j', async (method, params, word) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'mine', method, params });
  const answer = await post(db, `Bearer ${apiKey}`, body);
  const { id, error } = (await answer.json()) as { id: string; error: { code: number; message: string } };
  expect([answer.status, id, error.code]).toEqual([200, 'mine', -32602]);
  expect(error.message).toMatch(new RegExp(`^Invalid params for ${method}: .*${word}`));
});
