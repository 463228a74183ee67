/** What a person has is nobody else's: every address of the console's API and every tool, asked with the ids of another. */
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enqueueDeliveries } from '../jobs/news-delivery.ts';
import { newWebhookTarget } from '../notifications/kinds/webhook.ts';
import type { Service } from '../service.ts';
import { createChannel } from '../store/news/channels.ts';
import { listDeliveries } from '../store/news/deliveries.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { idToken, OWNER, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole, callTool } from '../testing/console/requests.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { storeNews } from '../testing/receivers/news-receiver.ts';
import { setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import { TOOLS } from '../tools/registry.ts';
import { CONSOLE_ENDPOINTS } from './app.ts';

const STRANGER = 'stranger';

let db: Firestore;

useServers(
  (opened) => {
    db = opened;
  },
  { simulator: { warmUpMs: 0 } },
);
useConsoleOwner();

function service(): Service {
  return testService(db, { simulatorUrl: simulatorUrl() });
}

/** What somebody has, and what an order of theirs is called by. */
interface Belongings {
  connectionId: string;
  apiKey: string;
  keyId: string;
  grantId: string;
  intentId: string;
  orderId: string;
  name: string;
  channelId: string;
  deliveryId: string;
}

async function newBelongings(ownerUid: string): Promise<Belongings> {
  await setPrice(4815747, 100);
  const { connection, apiKey, keyId } = await newSandboxConnection(db, { ownerUid, label: `Of ${ownerUid}` });
  const { id: connectionId } = connection;
  const grantId = await storeGrant(db, { ownerUid, connectionId, scope: 'write' });
  const name = `order-of-${ownerUid}`;
  const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
  const placed = await callTool(service(), apiKey, 'place_order', { ...order, client_order_id: name });
  const { intent_id: intentId, order_id: orderId } = z
    .object({ intent_id: z.string(), order_id: z.string() })
    .parse(placed.structuredContent);
  const channel = { ownerUid, kind: 'webhook', label: `Of ${ownerUid}`, connectionId, types: null } as const;
  const target = newWebhookTarget('https://news.invalid.example/');
  const { id: channelId } = await createChannel(db, service().vault, channel, target);
  await storeNews(db, { ownerUid, connectionId });
  await enqueueDeliveries({ db }, new Date(), async () => {});
  const [delivery] = (await listDeliveries(db, channelId, { limit: 1 }))?.items ?? [];
  const deliveryId = delivery?.id ?? '';
  expect(deliveryId).toContain(channelId);
  return { connectionId, apiKey, keyId, grantId, intentId, orderId, name, channelId, deliveryId };
}

async function ask(endpoint: string, bearer: string | null, names: Record<string, string>, body?: object) {
  const [method = '', route = ''] = endpoint.split(' ');
  const path = `/api${route.replaceAll(/:(\w+)/g, (_, name) => names[name] ?? '')}`;
  const given = method === 'GET' || method === 'DELETE' ? undefined : (body ?? {});
  return askConsole(service(), { method, path, bearer, body: given });
}

/** Bodies that would be taken of an owner. */
const BODIES: Record<string, object> = {
  'POST /connections/:id/keys': { label: 'mine now', scope: 'read' },
  'PATCH /connections/:id': { label: 'mine now' },
  'PATCH /keys/:keyId': { label: 'mine now' },
  'PATCH /apps/:grantId': { limits: { maxDailyOrders: 1 } },
  'POST /intents/:id': { decision: 'reject' },
  'POST /connections/:id/tools/:name': {},
  'POST /channels': { kind: 'webhook', label: 'mine now', url: 'https://example.com/' },
  'PATCH /channels/:id': { label: 'mine now' },
  'POST /account/deletion': { email: OWNER.email, ordersStay: true },
};
/** Those that say the same to everybody. */
const PUBLIC = ['GET /config', 'GET /health', 'GET /reference'];
/** How the service is, which its operators alone are told. */
const FOR_OPERATORS = 'GET /status';
/** Those of links in mails: who has not the whole of one is nobody. */
const BY_LINK = CONSOLE_ENDPOINTS.filter((endpoint) => endpoint.includes(' /email/'));
/** It leads on to a page, wherever from. */
const LEADS_ON = 'GET /email/stop/:id/:token';
/** Those without an id in the address, that act for whoever is signed in. */
const OWN = ['POST /connections', 'POST /connections/check', 'POST /channels', 'POST /account/deletion'];

let owner: Belongings;
let stranger: Belongings;
beforeAll(async () => {
  owner = await newBelongings(OWNER.uid);
  stranger = await newBelongings(STRANGER);
});

function namesOf(endpoint: string, of: Belongings) {
  const { connectionId, keyId, grantId, intentId, orderId } = of;
  const { channelId, deliveryId } = of;
  const ids = {
    intents: intentId,
    channels: channelId,
    deliveries: deliveryId,
    confirmation: channelId,
    stop: channelId,
  };
  const [, kind = ''] = / (?:\/email)?\/(\w+)\/:id/.exec(endpoint) ?? [];
  const id = kind in ids ? ids[kind as keyof typeof ids] : connectionId;
  return { id, keyId, grantId, orderId, name: 'get_cash', token: 'x'.repeat(43) };
}

/** All that is stored of a person but when it was used. */
async function everythingOf({ connectionId, keyId, grantId, intentId, ...of }: Belongings): Promise<unknown> {
  const paths = [`connections/${connectionId}`, `apiKeys/${keyId}`, `grants/${grantId}`];
  paths.push(`channels/${of.channelId}`, `deliveries/${of.deliveryId}`);
  const documents = await Promise.all(paths.map((path) => db.doc(path).get()));
  const intents = await db.collection('orderIntents').where('connectionId', '==', connectionId).get();
  const keys = await db.collection('apiKeys').where('connectionId', '==', connectionId).get();
  expect(intents.docs.map(({ id }) => id)).toContain(intentId);
  return [...documents, ...intents.docs]
    .map((document) => ({ ...document.data(), lastUsedAt: null }))
    .concat([{ lastUsedAt: null, keys: keys.size } as never]);
}

describe.each(CONSOLE_ENDPOINTS)('%s', (endpoint) => {
  const isAddressed = endpoint.includes(':');

  it('tells a stranger nothing of a person, and does nothing', async () => {
    const before = await everythingOf(owner);
    const { status, text } = await ask(
      endpoint,
      idToken(STRANGER),
      namesOf(endpoint, owner),
      BODIES[endpoint],
    );
    if (isAddressed) {
      expect({ status, text }).toMatchObject({ status: endpoint === LEADS_ON ? 302 : 404 });
    } else if (!OWN.includes(endpoint)) expect(status).toBe(endpoint === FOR_OPERATORS ? 403 : 200);
    for (const own of Object.values(owner)) expect(text).not.toContain(own);
    expect(text).not.toContain('Of owner');
    expect(await everythingOf(owner)).toEqual(before);
  });

  it('is for those who are signed in', async () => {
    const before = await everythingOf(owner);
    for (const bearer of [null, 'nonsense', owner.apiKey, owner.grantId]) {
      const { status, text } = await ask(endpoint, bearer, namesOf(endpoint, owner), BODIES[endpoint]);
      if (endpoint === LEADS_ON) expect(status).toBe(302);
      else if (BY_LINK.includes(endpoint)) expect(status).toBe(404);
      else if (PUBLIC.includes(endpoint)) expect(status).toBe(200);
      else expect({ status, text }).toMatchObject({ status: 401 });
      for (const own of Object.values(owner)) expect(text).not.toContain(own);
    }
    expect(await everythingOf(owner)).toEqual(before);
  });
});

it.each(['connectionId', 'app'])('the activity by the %s of another is empty', async (filter) => {
  const value = filter === 'app' ? owner.keyId : owner.connectionId;
  const { text } = await ask(`GET /audit?${filter}=${value}`, idToken(STRANGER), {});
  expect(JSON.parse(text)).toMatchObject({ items: [] });
});

/** How tools name an order. */
const references = (of: Belongings) => [
  { order_id: of.orderId },
  { intent_id: of.intentId },
  { client_order_id: of.name },
];
const taking = TOOLS.filter(({ input }) => {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return (
    ['order_id', 'intent_id', 'client_order_id'].some((name) => name in properties) && !('side' in properties)
  );
}).map(({ name }) => name);

it('goes on from no record of another person, in any list', async () => {
  const { uid: ownerUid } = OWNER;
  await db.collection('news').doc('of-owner').set({ ownerUid, at: new Date() });
  const { docs } = await db.collection('audit').where('ownerUid', '==', ownerUid).limit(1).get();
  const of = (list: string, cursor: string) => ask(`GET ${list}?cursor=${cursor}`, idToken(STRANGER), {});
  for (const [list, cursor] of [['/news', 'of-owner'] as const, ['/audit', docs[0]?.id ?? ''] as const]) {
    const [others, none] = [await of(list, cursor), await of(list, 'of-nobody')];
    expect([others.status, others.text]).toEqual([400, none.text]);
  }
});

it.each(taking)('%s reaches no order of another login', async (name) => {
  for (const reference of references(owner)) {
    const args = name === 'modify_order' ? { ...reference, quantity: 2 } : reference;
    const { isError, structuredContent } = await callTool(service(), stranger.apiKey, name, args);
    expect(isError).toBe(true);
    expect(structuredContent).toMatchObject({
      error: { code: expect.stringMatching(/^(not_found|invalid_arguments)$/) },
    });
  }
  expect(taking.length).toBeGreaterThan(3);
});
