/**
 * Every answer of every tool and of every address of the console's API, and every record that they leave, as they were
 * when last agreed to. `npx vitest run functions/src/answers.integration.test.ts -u` agrees to what they are now.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FieldValue, type Firestore, Timestamp } from 'firebase-admin/firestore';
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type RunningSimulator, startSimulator } from '../../simulator/src/server.ts';
import type { IbkrAccess } from './connections/pool.ts';
import { CONSOLE_ENDPOINTS, handleConsole } from './console/app.ts';
import { CONFLICTS, CONSOLE_ANSWERS } from './contract/console-api.ts';
import { failure } from './contract/failure.ts';
import { deliverNews, enqueueDeliveries } from './jobs/news-delivery.ts';
import { handleMcp } from './mcp/handler.ts';
import type { Network } from './network/public-address.ts';
import { newWebhookTarget } from './notifications/kinds/webhook.ts';
import type { Service } from './service.ts';
import { recordLook, saveWatch } from './store/news/price-watches.ts';
import { saveSubscription } from './store/news/subscriptions.ts';
import { Vault } from './store/vault/vault.ts';
import { answerText } from './testing/answer-text.ts';
import { idToken, OWNER, useConsoleOwner } from './testing/console/console-owner.ts';
import { useFirestore } from './testing/firestore.ts';
import { storeGrant } from './testing/oauth/grants.ts';
import { READ_CALLS } from './testing/read-calls.ts';
import { startMailReceiver } from './testing/receivers/mail-receiver.ts';
import { testService, UNKNOWN_OPERATOR } from './testing/service.ts';
import { TOOLS } from './tools/registry.ts';

const AGREED = join(import.meta.dirname, 'testing/answers');
const ORIGIN = 'https://gateway.example';
const VAULT_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** A Wednesday on which New York trades: 11:00 there. The simulator stands still at this time. */
const NOW = Date.parse('2026-03-11T15:00:00Z');
/** The gateway's clock runs on from here in steps of 20 ms, so that no time of its own ends in a full second. */
const GATEWAY_NOW = NOW + 7;

let db: Firestore;
let simulator: RunningSimulator;
let service: Service & Pick<IbkrAccess, 'sandboxLimits'> & Network;

vi.useFakeTimers({ toFake: ['Date'], now: GATEWAY_NOW, shouldAdvanceTime: true });
useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    now: () => NOW,
    nightlyReset: false,
    pacing: false,
    warmUpMs: 0,
  });
  await fetch(`${simulator.url}/sim/prices`, {
    method: 'POST',
    body: JSON.stringify({ conid: 4815747, last: 100, bid: 99.9, ask: 100.1 }),
  });
  service = {
    publicOrigin: ORIGIN,
    simulatorUrl: simulator.url,
    simulatorKey: undefined,
    sandboxLimits: [],
    localMode: false,
    vaultKeys: VAULT_KEYS,
    oauthKeys: undefined,
    accessTokenSeconds: 86_400,
    callsPerMinute: 600,
    auditDays: 90,
    projectId: 'demo-test',
    webApiKey: undefined,
    authEmulator: undefined,
    trustedProxies: [],
    allowedEmails: [],
    operatorEmails: [OWNER.email],
    openaiChallenge: undefined,
    managedSignIn: false,
    db,
    vault: new Vault(VAULT_KEYS),
    mail: undefined,
    operator: UNKNOWN_OPERATOR,
    signInKeys: undefined,
    signInUrl: 'https://unused.example',
    signIns: testService(db).signIns,
    enqueueNewsOf: async () => {},
    // No message of these leaves this machine.
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  };
  return () => simulator.close();
});

/** Answers by file name, such as `tools/get_cash`, each with what was asked. */
const answers = new Map<string, object[]>();
function keep(file: string, answer: object): void {
  answers.set(file, [...(answers.get(file) ?? []), answer]);
}

function fileOf(endpoint: string): string {
  return `api/${endpoint.replaceAll(/[ /:]+/g, '-')}`;
}

/** Calls the console's API as a page does; `endpoint` is as its route is written. */
async function api(endpoint: string, ids: Record<string, string> = {}, body?: unknown, query = '') {
  const [method = '', route = ''] = endpoint.split(' ');
  const path = route.replace(/:(\w+)/g, (_, name) => ids[name] ?? '');
  const request = new Request(`${ORIGIN}/api${path}${query}`, {
    method,
    headers: { Authorization: `Bearer ${idToken()}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handleConsole(request, service, '203.0.113.7');
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  expectOfContract(endpoint, response.status, answer);
  const asked = { ...(query === '' ? {} : { query }), ...(body === undefined ? {} : { body }) };
  keep(fileOf(endpoint), { asked, status: response.status, answer });
  return answer;
}

/** Holds an answer against the contract: all that it names is there, and nothing that it does not name. */
function expectOfContract(endpoint: string, status: number, answer: unknown): void {
  const agreed: z.ZodType | null | undefined = new Map(Object.entries(CONSOLE_ANSWERS)).get(endpoint);
  const conflict = new Map<string, z.ZodType>(Object.entries(CONFLICTS)).get(endpoint);
  if (agreed === undefined) throw new Error(`${endpoint} has no schema in contract/console-api.ts.`);
  const schema = agreed === null ? z.null() : agreed;
  const { error } = (
    status < 400 || status === 422 ? schema : (status === 409 && conflict) || failure
  ).safeParse(answer);
  expect.soft(error?.issues ?? [], `${endpoint}, ${status}`).toEqual([]);
}

/** Calls a tool as a host does. */
async function call(key: string, name: string, args: object) {
  const request = new Request(`${ORIGIN}/mcp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args },
    }),
  });
  const response = await handleMcp(request, service, '203.0.113.7');
  const { result } = z
    .object({ result: z.looseObject({ content: z.array(z.object({ text: z.string() })) }) })
    .parse(await response.json());
  const { content, structuredContent, ...rest } = result;
  expect(JSON.parse(content[0]?.text ?? ''), name).toEqual(structuredContent);
  keep(`tools/${name}`, { asked: args, ...rest, answer: structuredContent });
  return z.looseObject({}).parse(structuredContent);
}

let cancellations = 0;

/** Lets the simulator's clock run while a call cancels orders, which takes it a while; a minute has passed after it. */
async function cancelled<T>(call: Promise<T>): Promise<T> {
  const setClock = (body: object) =>
    fetch(`${simulator.url}/sim/clock`, { method: 'POST', body: JSON.stringify(body) });
  let isOver = false;
  const answer = call.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await setClock({ advanceMs: 20 });
    await delay(20);
  }
  cancellations += 1;
  await setClock({ setTo: NOW + cancellations * 60_000 });
  return answer;
}

/** A limit order for one share of NVDA, which costs 100, that rests. */
const RESTING = {
  symbol: 'NVDA',
  side: 'BUY',
  quantity: 1,
  order_type: 'LMT',
  limit_price: 98,
  tif: 'GTC',
};

it('answers and records what it did', { timeout: 120_000 }, async () => {
  const { connection, apiKey } = z
    .object({ connection: z.object({ id: z.string() }), apiKey: z.string() })
    .parse(await api('POST /connections', {}, { kind: 'sandbox', label: 'Sandbox' }));
  const { id } = connection;
  const tool = (name: string, args: object = {}) => call(apiKey, name, args);

  await api('GET /config');
  await api('GET /health');
  await api('GET /reference');
  await api('GET /me');
  await api('GET /status');
  await api('GET /demo-sign-in');
  await api('POST /connections/check', {}, { kind: 'gateway', url: 'https://127.0.0.1:5000' });
  await api('POST /connections/:id/test', { id });

  for (const [name, args] of READ_CALLS) await tool(name, args);
  await tool('set_current_account', { account_id: await firstAccount(tool) });
  await api('POST /connections/:id/tools/:name', { id, name: 'get_cash' }, {});
  await api('POST /connections/:id/tools/:name', { id, name: 'get_quote' }, { symbol: 'NO SUCH' });

  await tool('preview_order', RESTING);
  const resting = await tool('place_order', { ...RESTING, client_order_id: 'resting' });
  await tool('place_order', { ...RESTING, quantity: 2, client_order_id: 'resting' });
  await tool('modify_order', { order_id: resting.order_id, limit_price: 97.5 });
  await tool('get_order_status', { client_order_id: 'resting' });
  await tool('wait_for_order', { client_order_id: 'resting', seconds: 1 });
  await tool('get_orders');
  await cancelled(tool('cancel_order', { client_order_id: 'resting' }));
  const bought = await tool('place_order', {
    symbol: 'NVDA',
    side: 'BUY',
    quantity: 2,
    order_type: 'MKT',
    client_order_id: 'bought',
  });
  await tool('get_trades');
  const owned = await tool('place_order', { ...RESTING, quantity: 3, client_order_id: 'owned' });
  const orderId = String(owned.order_id);
  await cancelled(api('POST /connections/:id/orders/:orderId/cancel', { id, orderId }, {}));

  await tool('cancel_orders', { symbol: 'NVDA' });
  await tool('close_position', { symbol: 'SPY', percent: 50 });

  await api('PATCH /connections/:id', { id }, { approval: 'model', limits: { maxQuantity: 50 } });
  await tool('place_order', { ...RESTING, quantity: 60 });
  await tool('place_order', { ...RESTING, quantity: 4, client_order_id: 'confirmed' });
  await tool('confirm_order', { client_order_id: 'confirmed' });

  await api('PATCH /connections/:id', { id }, { approval: 'owner', limits: { maxDailyOrders: 100 } });
  await api('PATCH /connections/:id', { id }, { version: 1, limits: { maxDailyOrders: null } });
  await api('PATCH /connections/:id', { id }, { limits: { maxDailyOrders: null } });
  const asked = await tool('place_order', { ...RESTING, quantity: 5, client_order_id: 'approved' });
  const { intent_id: approved } = z.object({ intent_id: z.string() }).parse(asked);
  const waiting = await api('GET /connections/:id/intents', { id }, undefined, '?waiting=true');
  const { orderHash } = waiting.items[0];
  await api('GET /intents/:id', { id: approved });
  await api('POST /intents/:id', { id: approved }, { decision: 'approve', orderHash });
  await tool('place_order', { ...RESTING, quantity: 6, client_order_id: 'declined' });
  await tool('get_orders');
  const { items } = await api('GET /connections/:id/intents', { id }, undefined, '?waiting=true');
  await api('POST /intents/:id', { id: items[0].id }, { decision: 'reject' });
  await tool('get_connection_status');

  const reads = await api('POST /connections/:id/keys', { id }, { label: 'reads', scope: 'read' });
  const keyId: string = reads.key.id;
  await api('PATCH /keys/:keyId', { keyId }, { label: 'only reads', allowedIps: ['203.0.113.0/24'] });
  await api('PATCH /keys/:keyId', { keyId }, { version: 1, limits: { maxDailyOrders: 5 } });
  await api('GET /connections/:id/keys', { id });
  const grantId = await storeGrant(db, { ownerUid: OWNER.uid, connectionId: id });
  await api('PATCH /apps/:grantId', { grantId }, { approval: 'owner' });
  await api('PATCH /apps/:grantId', { grantId }, { version: 1, approval: 'none' });
  await api('GET /apps');
  const subscriptionId = 'sub_0123456789abcdef0123456789abcdef';
  await saveSubscription(service, {
    id: subscriptionId,
    credential: { id: keyId, source: 'api_key', label: 'reads', ownerUid: OWNER.uid, connectionId: id },
    type: 'order.waiting',
    expiresAt: new Date(Date.now() + 86_400_000),
    target: { ...newWebhookTarget('https://app.example.com/events'), subscriptionId },
  });
  const { watch } = await saveWatch(
    db,
    { id: keyId, source: 'api_key', ownerUid: OWNER.uid, connectionId: id },
    {
      ...{ id: 'sub_fedcba9876543210fedcba9876543210', isSubscribed: true, symbol: 'NVDA', conid: 4815747 },
      ...{ price: 100, direction: 'above', expiresAt: new Date(Date.now() + 86_400_000) },
    },
    true,
  );
  await recordLook(db, watch, { isArmed: false, crossedAt: 100.5, begunAt: new Date() });
  await api('GET /connections/:id/subscriptions', { id });
  await api('GET /connections/:id', { id });
  const { connection: gateway } = await api(
    'POST /connections',
    {},
    { kind: 'gateway', mode: 'paper', label: 'Gateway', url: 'https://gateway.example.com' },
  );
  await api('GET /connections/:id/address', { id: gateway.id });
  await api('DELETE /connections/:id', { id: gateway.id });
  await api('GET /connections');
  await api('GET /news');
  const webhook = { kind: 'webhook', label: 'script', url: 'https://example.com/news' };
  await api('POST /channels', {}, { ...webhook, url: 'https://10.0.0.1/' });
  const { channel } = await api('POST /channels', {}, { ...webhook, types: ['order.filled'] });
  await api('GET /push-key');
  // RFC 8291, appendix A.
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  const endpoint = 'https://push.example.com/send/one';
  const phone = { kind: 'push', label: 'phone', subscription: { endpoint, keys }, types: ['app.revoked'] };
  const { channel: pushed } = await api('POST /channels', {}, phone);
  await api('POST /channels', {}, phone);
  await api('PATCH /channels/:id', { id: pushed.id }, { version: 1, showsDetails: true });
  await api('PATCH /channels/:id', { id: pushed.id }, { version: 2, url: 'https://example.com/' });
  const mails = await startMailReceiver();
  service = { ...service, mail: mails };
  const mail = { kind: 'email', label: 'mail', address: 'me@example.com', types: ['app.revoked'] };
  const { channel: mailed } = await api('POST /channels', {}, mail);
  await api('POST /channels', {}, { ...mail, address: 'me' });
  await api('POST /channels/:id/confirmation', { id: mailed.id });
  await api('POST /email/confirmation/:id/:token', { id: mailed.id, token: 'x'.repeat(43) });
  await api('POST /email/confirmation/:id/:token', { id: mailed.id, token: mails.lastToken() });
  await api('POST /channels/:id/test', { id: mailed.id });
  // Of several that come at once any may be the newest.
  const [, ...others] = (await db.collection('news').orderBy('at').get()).docs;
  for (const { ref } of others) await ref.update({ dueAt: FieldValue.delete() });
  await enqueueDeliveries({ db }, new Date(), async () => {});
  await deliverNews(service, [channel.id]);
  const [sent] = (await db.collection('deliveries').get()).docs;
  const deliveryId = sent?.id ?? '';
  await api('GET /channels');
  await api('POST /channels/:id/test', { id: channel.id });
  await api('POST /channels/:id/secret', { id: channel.id });
  await api('PATCH /channels/:id', { id: channel.id }, { version: 1, connectionId: id });
  const quietHours = { from: '22:00', to: '07:00', timeZone: 'Europe/Zurich', tellsWaitingOrders: true };
  await api('PATCH /channels/:id', { id: channel.id }, { version: 2, quietHours, isOn: true });
  await api('POST /deliveries/:id/replay', { id: deliveryId });
  await api('GET /channels/:id/deliveries', { id: channel.id }, undefined, '?limit=1');
  await api('GET /glance');
  await api('GET /intents', {}, undefined, '?waiting=true');
  await api('GET /audit', {}, undefined, '?limit=3');
  await api('GET /audit', {}, undefined, '?limit=1&text=get_&slowerThan=0');
  await api('GET /audit/usage', {}, undefined, `?connectionId=${id}&tool=get_cash`);
  await api('GET /audit/records', {}, undefined, `?limit=3&connectionId=${id}`);
  await api('GET /connections/:id/audit/verify', { id });
  await api('GET /account');
  await api('GET /account/data');
  await api('GET /account/data', {}, undefined, '?cursor=apps');
  await api('GET /account/data', {}, undefined, '?cursor=elsewhere');
  await api('POST /account/deletion', {}, { email: 'somebody@example.com' });
  await api('POST /account/deletion', {}, { email: OWNER.email });
  for (const [collection, document] of [
    ['users', OWNER.uid],
    ['connections', id],
    ['apiKeys', keyId],
    ['grants', grantId],
    ['sessions', id],
    ['channels', channel.id],
    ['channels', subscriptionId],
    ['deliveries', deliveryId],
    ['priceWatches', watch.id],
    [`connections/${id}/trading`, 'register'],
    ['orderIntents', String(bought.intent_id)],
    ['orderIntents', String(resting.intent_id)],
    ['orderIntents', approved],
  ] as const) {
    const record = await db.collection(collection).doc(document).get();
    keep(`records/${collection.split('/').at(-1)}`, plain(record.data()) as object);
  }
  const news = await db.collection('news').orderBy('at').get();
  for (const record of news.docs) keep('records/news', plain(record.data()) as object);
  const recorded = await db.collection('audit').where('tool', '==', 'place_order').orderBy('at').get();
  for (const record of recorded.docs.slice(0, 4)) keep('records/audit', plain(record.data()) as object);

  await api('POST /connections/:id/sign-in', { id }, { act: 'code', code: '123456' });
  await api('DELETE /keys/:keyId', { keyId });
  await api('DELETE /apps/:grantId', { grantId });
  await api('DELETE /channels/:id', { id: channel.id });
  await api('GET /email/stop/:id/:token', { id: mailed.id, token: mails.lastToken() });
  await api('POST /email/stop/:id/:token', { id: mailed.id, token: mails.lastToken() });
  await cancelled(api('POST /connections/:id/panic', { id }));
  await api('DELETE /connections/:id', { id });
  await api('POST /account/deletion', {}, { email: OWNER.email });

  const kept = [...answers.keys()];
  const endpoints = CONSOLE_ENDPOINTS.map(fileOf);
  expect(kept.filter((file) => file.startsWith('api/')).toSorted()).toEqual(endpoints.toSorted());
  expect(Object.keys(CONSOLE_ANSWERS).toSorted()).toEqual(CONSOLE_ENDPOINTS.toSorted());
  const tools = TOOLS.map(({ name }) => `tools/${name}`);
  expect(kept.filter((file) => file.startsWith('tools/')).toSorted()).toEqual(tools.toSorted());
  for (const [file, answer] of answers) {
    const text = answerText(answer, NOW);
    await expect.soft(text, file).toMatchFileSnapshot(join(AGREED, `${file}.json`));
  }
  const files = readdirSync(AGREED, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  // A new one is written when the tests are over.
  expect([...answers.keys()].map((name) => `${name}.json`)).toEqual(expect.arrayContaining(files));
});

async function firstAccount(tool: (name: string) => Promise<Record<string, unknown>>): Promise<string> {
  const [account] = z
    .array(z.object({ account_id: z.string() }))
    .parse((await tool('get_accounts')).accounts);
  return account?.account_id ?? '';
}

/** A record as JSON has it. */
function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate().toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
