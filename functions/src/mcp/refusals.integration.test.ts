import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { listCalls } from '../store/activity/listed-calls.ts';
import { generateApiKey } from '../store/credentials/api-key-format.ts';
import { createApiKey, revokeApiKey } from '../store/credentials/api-keys.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { useFirestore } from '../testing/firestore.ts';
import { hostHeaders, hostMeta } from '../testing/hosts/mcp-host.ts';
import { ORIGIN, testService } from '../testing/service.ts';
import { handleMcp } from './handler.ts';

const ORDER = { symbol: 'NVDA', side: 'BUY', quantity: 1 };

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});

function send(apiKey: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  const service = testService(db, { localMode: false, callsPerMinute: 600 });
  const request = new Request(`${ORIGIN}/mcp`, {
    method: 'POST',
    headers: {
      Host: 'gateway.example',
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      ...headers,
    },
    body,
  });
  // Of an address of its own: of a burst from one address only the beginning is looked at.
  return handleMcp(request, service, `203.0.113.${address++ % 250}`);
}
let address = 1;

const call = (name = 'place_order', more: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: ORDER, ...more },
});
const listed = async (uid: string) => (await listCalls(db, uid, { limit: 100 }))?.items ?? [];

it.each<[string, number, string, Record<string, string>, object]>([
  [
    'a page of another site',
    403,
    JSON.stringify(call()),
    { Origin: 'https://evil.example' },
    { tool: 'place_order', errorCode: 'foreign_origin' },
  ],
  [
    'a batch that is too long',
    400,
    JSON.stringify(Array.from({ length: 21 }, () => call())),
    {},
    { tool: 'place_order', errorCode: 'invalid_arguments' },
  ],
  [
    'a batch whose answers could not be told apart',
    400,
    JSON.stringify([call(), call()]),
    {},
    { tool: 'place_order', errorCode: 'invalid_arguments' },
  ],
  [
    'a tool whose name turns its direction',
    200,
    JSON.stringify(call('get_\u202equote')),
    {},
    { tool: String.raw`get_\u202equote`, errorCode: 'not_found' },
  ],
  [
    'arguments that are no object',
    200,
    JSON.stringify(call('place_order', { arguments: [1] })),
    {},
    { tool: 'place_order', errorCode: 'invalid_arguments' },
  ],
  ['a body that is no JSON', 400, '{"jsonrpc": ', {}, { tool: '', errorCode: 'invalid_arguments' }],
  [
    'another type of body',
    415,
    JSON.stringify(call()),
    { 'Content-Type': 'text/plain' },
    { tool: 'place_order', errorCode: 'invalid_arguments' },
  ],
])('records %s, once', async (_, status, body, headers, record) => {
  const { uid, connection, apiKey } = await newSandboxConnection(db);
  expect((await send(apiKey, body, headers)).status).toBe(status);
  const records = await listed(uid);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ connectionId: connection.id, outcome: 'error', ...record });
});

it('records an answer to a question that nobody asked', async () => {
  const { uid, apiKey } = await newSandboxConnection(db);
  const answer = {
    requestState: 'forged',
    inputResponses: { order: { action: 'accept', content: { send: true } } },
  };
  const asked = call('place_order', { _meta: hostMeta, ...answer });
  const response = await send(apiKey, JSON.stringify(asked), hostHeaders('place_order'));
  expect(await response.json()).toMatchObject({ error: { code: -32602 } });
  const records = await listed(uid);
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({
    tool: 'place_order',
    errorCode: 'invalid_arguments',
    errorMessage: expect.stringContaining('requestState'),
  });
});

it('records the use of a key that has ended, but not again and again', async () => {
  const { uid, connection } = await newSandboxConnection(db);
  const fields = { connection, scope: 'write' } as const;
  const revoked = await createApiKey(db, { ...fields, label: 'old job' });
  await revokeApiKey(db, { id: revoked.id, ...revoked.record });
  const expiresAt = new Date(Date.now() - 60_000);
  const expired = await createApiKey(db, { ...fields, label: 'short', expiresAt });
  for (const { apiKey } of [revoked, expired]) {
    for (let times = 0; times < 12; times++) {
      expect((await send(apiKey, JSON.stringify(call()))).status).toBe(401);
    }
  }
  const common = { connectionId: connection.id, tool: 'place_order', outcome: 'error', source: 'api_key' };
  expect(await listed(uid)).toMatchObject([
    { ...common, credentialLabel: 'short', errorMessage: 'Refused: the key has expired.' },
    { ...common, credentialLabel: 'old job', errorMessage: 'Refused: the key was revoked.' },
  ]);
});

it('records nothing for who has no credential that anybody gave', async () => {
  const before = (await db.collection('audit').get()).size;
  for (const key of [generateApiKey(), 'nonsense', 't'.repeat(43)]) {
    for (const headers of [{}, { Origin: 'https://evil.example' }]) {
      expect((await send(key, JSON.stringify(call()), headers)).status).toBeGreaterThanOrEqual(401);
    }
  }
  expect((await db.collection('audit').get()).size).toBe(before);
});
