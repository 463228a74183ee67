/** The endpoint's outside: status codes, headers and refusals, through Hosting and the function. */
import { describe, expect, it } from 'vitest';
import { createApiKey, revokeApiKey } from '../../functions/src/store/credentials/api-keys.ts';
import { TOOLS } from '../../functions/src/tools/registry.ts';
import { database } from '../database.ts';
import { rpc, send } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const JSON_TYPE = { 'Content-Type': 'application/json' };

function authorization(key = demo().apiKey) {
  return { Authorization: `Bearer ${key}` };
}

async function newKey(fields: { scope: 'read' | 'write'; expiresAt?: Date }) {
  const { uid, connectionId } = demo();
  return createApiKey(database(), {
    connection: { id: connectionId, ownerUid: uid },
    label: 'test',
    ...fields,
  });
}

it('answers curl with plain JSON', async () => {
  const answer = await send({ headers: { ...authorization(), ...JSON_TYPE }, body: LIST });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers).not.toHaveProperty('mcp-session-id');
  expect(JSON.parse(answer.text).result.tools).toHaveLength(TOOLS.length);
});

it('serves /mcp/ like /mcp', async () => {
  const answer = await send({ path: '/mcp/', headers: { ...authorization(), ...JSON_TYPE }, body: LIST });
  expect(answer.status).toBe(200);
});

it('serves nothing behind it', async () => {
  const answer = await send({ path: '/mcp/x', headers: { ...authorization(), ...JSON_TYPE }, body: LIST });
  expect(answer.status).toBe(404);
});

describe('credentials', () => {
  const challenge = (origin: string) =>
    `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;

  it('asks for one where none is sent', async () => {
    const answer = await send({ headers: JSON_TYPE, body: LIST });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.headers['www-authenticate']).toContain(challenge(demo().origin));
    expect(answer.headers['www-authenticate']).toContain('scope="read write"');
  });

  it.each([
    ['of another form', 'Bearer nonsense'],
    ['with a wrong checksum', `Bearer ibkr_${'a'.repeat(49)}`],
    ['of another scheme', 'Basic dXNlcjpwYXNz'],
    ['that is a path', 'Bearer ../../users/x'],
    ['that is long', `Bearer ${'x'.repeat(8000)}`],
    ['that is two', 'Bearer a, Bearer b'],
    ['that is empty', 'Bearer '],
  ])('refuses a token %s', async (_, header) => {
    const answer = await send({ headers: { Authorization: header, ...JSON_TYPE }, body: LIST });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(JSON.parse(answer.text).error).toBe('invalid_token');
  });

  it('refuses a token in the address', async () => {
    const path = `/mcp?access_token=${demo().apiKey}`;
    expect((await send({ path, headers: JSON_TYPE, body: LIST })).status).toBe(401);
  });

  it('refuses a revoked key on the very next call', async () => {
    const key = await newKey({ scope: 'write' });
    expect((await rpc('tools/list', {}, { key: key.apiKey })).status).toBe(200);
    await revokeApiKey(database(), { id: key.id, ...key.record });
    const answer = await rpc('tools/list', {}, { key: key.apiKey });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('refuses an expired key', async () => {
    const key = await newKey({ scope: 'write', expiresAt: new Date(Date.now() - 1000) });
    expect((await rpc('tools/list', {}, { key: key.apiKey })).status).toBe(401);
  });

  it('shows a read-only key the tools that read, and refuses the others', async () => {
    const { apiKey } = await newKey({ scope: 'read' });
    const list = await rpc('tools/list', {}, { key: apiKey });
    const names = JSON.parse(list.text).result.tools.map((tool: { name: string }) => tool.name);
    expect(names).toContain('get_quote');
    expect(names).not.toContain('place_order');

    const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    const call = await rpc('tools/call', { name: 'place_order', arguments: order }, { key: apiKey });
    expect(call.status).toBe(403);
    expect(call.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(call.headers['www-authenticate']).toContain('scope="read write"');
  });
});

describe('requests that are not for here', () => {
  it.each([
    ['a foreign Host', { Host: 'evil.example' }],
    ['a foreign X-Forwarded-Host', { 'X-Forwarded-Host': 'evil.example' }],
    ['a foreign Origin', { Origin: 'https://evil.example' }],
    ['the null Origin', { Origin: 'null' }],
    ['our name on another port as Origin', { Origin: 'http://localhost:1' }],
  ])('answers 403 to %s', async (_, forged) => {
    const answer = await send({
      headers: { ...authorization(), ...JSON_TYPE, ...(forged as Record<string, string>) },
      body: LIST,
    });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('get_quote');
  });

  it('serves its own pages', async () => {
    const { origin } = demo();
    const answer = await send({ headers: { ...authorization(), ...JSON_TYPE, Origin: origin }, body: LIST });
    expect(answer.status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE'])('answers 405 to %s', async (method) => {
    const answer = await send({ method, headers: { Accept: 'text/html' } });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
    expect(answer.text).toContain(`${demo().origin}/mcp`);
  });
});

describe('bodies', () => {
  /** Calls a tool with a header that names another. */
  function callDisguised(call: { name: string; arguments?: object }) {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = {
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': 'get_quote',
    };
    return rpc('tools/call', { ...call, _meta }, { headers });
  }

  it('refuses a call whose header names another tool than its body, and records it', async () => {
    const order = {
      symbol: 'NVDA',
      side: 'BUY',
      quantity: 1,
      order_type: 'MKT',
      client_order_id: 'disguised',
    };
    const answer = await callDisguised({ name: 'place_order', arguments: order });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: -32_020 } });
    const intents = database().collection('orderIntents').where('clientOrderId', '==', 'disguised');
    expect((await intents.get()).empty).toBe(true);
    const audit = await database().collection('audit').where('errorCode', '==', 'invalid_arguments').get();
    const asked = audit.docs.map((document) => document.get('arguments'));
    expect(asked).toContainEqual(expect.stringContaining('"disguised"'));
  });

  it('records a call that its header disguises though it has no arguments', async () => {
    const refused = await callDisguised({ name: 'get_accounts' });
    expect(refused.status).toBe(400);
    const audit = await database().collection('audit').where('tool', '==', 'get_accounts').get();
    const codes = audit.docs.map((document) => document.get('errorCode'));
    expect(codes).toContain('invalid_arguments');
  });

  it('answers 400 to malformed JSON, without a stack trace', async () => {
    const answer = await send({ headers: { ...authorization(), ...JSON_TYPE }, body: '{"jsonrpc": "2.0", ' });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/node_modules|\.js:\d|at .*\(/);
  });

  it.each(['null', '"text"', '[]', '{}', '{"jsonrpc":"1.0","id":1,"method":"tools/list"}'])(
    'answers 400 to %s',
    async (body) => {
      expect((await send({ headers: { ...authorization(), ...JSON_TYPE }, body })).status).toBe(400);
    },
  );

  it('answers 413 above 1 MiB', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: { x: 'x'.repeat(2 ** 20) },
    });
    expect((await send({ headers: { ...authorization(), ...JSON_TYPE }, body })).status).toBe(413);
  });

  it('answers 400 to a batch of more than 20', async () => {
    const batch = (length: number) =>
      JSON.stringify(Array.from({ length }, (_, id) => ({ ...JSON.parse(LIST), id })));
    const statusOf = async (body: string) =>
      (await send({ headers: { ...authorization(), ...JSON_TYPE }, body })).status;
    expect([await statusOf(batch(21)), await statusOf(batch(2))]).toEqual([400, 200]);
  });

  it('does nothing of a batch in which an id is given twice: nobody could tell its answers apart', async () => {
    const headers = { ...authorization(), ...JSON_TYPE };
    expect((await send({ headers, body: `[${LIST},${LIST}]` })).status).toBe(400);
  });

  it('answers 415 to another content type', async () => {
    const headers = { ...authorization(), 'Content-Type': 'text/plain' };
    expect((await send({ headers, body: LIST })).status).toBe(415);
  });

  it('answers 406 when JSON is not wanted', async () => {
    const headers = { ...authorization(), ...JSON_TYPE, Accept: 'text/html' };
    expect((await send({ headers, body: LIST })).status).toBe(406);
  });

  it('answers an unknown tool and an unknown method in JSON-RPC', async () => {
    const tool = JSON.parse((await rpc('tools/call', { name: 'get_rich', arguments: {} })).text);
    expect(tool).toMatchObject({
      id: 1,
      error: { code: -32602, message: expect.stringContaining('Unknown tool: get_rich') },
    });
    const method = JSON.parse((await rpc('prompts/list')).text);
    expect(method).toMatchObject({ id: 1, error: { code: -32601 } });
  });

  it('refuses to hold a stream open', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'subscriptions/listen' };
    const answer = await rpc(
      'subscriptions/listen',
      { _meta: meta, notifications: { toolsListChanged: true } },
      { headers },
    );
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ id: 1, error: { code: -32601 } });
  });
});
