/**
 * What needs a fresh sign-in and what never does, of everything that the console's API can do: each act is tried with
 * a sign-in that is too old for it and with one that is not.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enqueueDeliveries } from '../../jobs/news-delivery.ts';
import { newConfirmation } from '../../notifications/email/mail-links.ts';
import { newEmailTarget } from '../../notifications/kinds/email.ts';
import { newWebhookTarget } from '../../notifications/kinds/webhook.ts';
import type { Service } from '../../service.ts';
import {
  type Connection,
  createConnection,
  findConnection,
  updateConnection,
} from '../../store/connections.ts';
import { findApiKey } from '../../store/credentials/api-keys.ts';
import { findGrant } from '../../store/credentials/grants.ts';
import { createChannel, listChannels, updateChannel } from '../../store/news/channels.ts';
import { listDeliveries } from '../../store/news/deliveries.ts';
import { findIntent } from '../../store/orders/order-intents.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { newAccess } from '../../testing/access.ts';
import { closeAfterFile } from '../../testing/after-file.ts';
import { idToken, OWNER, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole, callTool } from '../../testing/console/requests.ts';
import { type MailReceiver, startMailReceiver } from '../../testing/receivers/mail-receiver.ts';
import { storeNews } from '../../testing/receivers/news-receiver.ts';
import { subscribedBrowser } from '../../testing/receivers/subscribed-browser.ts';
import { setPrice, simulatorUrl } from '../../testing/sandbox.ts';
import { useServers } from '../../testing/servers.ts';
import { testService } from '../../testing/service.ts';
import { SANDBOX_WARNINGS } from '../../trading/domain/accepted-warnings.ts';
import { CONSOLE_ENDPOINTS } from '../app.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const MONTH = 30 * 24 * HOUR;

let db: Firestore;
let liveIbkr: string;
/** Of the tests that need one. */
let mail: MailReceiver | undefined;

useServers(
  (opened) => {
    db = opened;
  },
  { simulator: { warmUpMs: 0 } },
);
useConsoleOwner();
beforeAll(async () => {
  liveIbkr = await startLiveIbkr();
  await setPrice(4815747, 100);
});

/** The simulator, said to be with real money. */
async function startLiveIbkr(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '' } = request;
    const answer = await fetch(`${simulatorUrl()}${url}`, {
      method,
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: await text(request) }),
    });
    const told = (await answer.text()).replaceAll('"isPaper":true', '"isPaper":false');
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(told);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closeAfterFile(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function service(): Service {
  return testService(db, { simulatorUrl: simulatorUrl(), mail });
}

/** What an owner has who tries an act. */
interface World {
  connection: Connection;
  apiKey: string;
  keyId: string;
  grantId: string;
}

/** Rules in the middle: each of them may be made looser and stricter. */
const RULES = {
  limits: { maxOrderValue: 100, symbols: ['AAPL', 'NVDA'], shortSelling: false },
  approval: 'model' as const,
};
const RANGES = ['203.0.113.0/24'];

let worlds = 0;

async function newWorld(mode: 'paper' | 'live' = 'paper', settings: object = RULES): Promise<World> {
  const fields = { ownerUid: OWNER.uid, mode, label: 'Mine', acceptedWarnings: ['o10151', 'o10152'] };
  worlds += 1;
  const url = `${mode === 'live' ? liveIbkr : simulatorUrl()}/sandbox/fresh-${worlds}`;
  const secrets = { vault: service().vault, value: { url } };
  const { connection, key } = await createConnection(db, { ...fields, kind: 'gateway' }, secrets);
  await updateConnection(db, connection.id, settings);
  const access = await newAccess(db, connection, { ...RULES, allowedIps: [...RANGES] });
  return { connection, apiKey: key.apiKey, ...access };
}

/** What is stored of it, but for when the gateway itself used it. */
async function stored({ connection, keyId, grantId }: World): Promise<unknown> {
  const keys = await db.collection('apiKeys').where('connectionId', '==', connection.id).get();
  const owned = await db.collection('connections').where('ownerUid', '==', OWNER.uid).count().get();
  return {
    connection: await findConnection(db, OWNER.uid, connection.id),
    sealed: (await db.collection('vault').doc(connection.id).get()).data(),
    key: await findApiKey(db, keyId),
    keys: keys.size,
    connections: owned.data().count,
    grant: await findGrant(db, grantId),
    channels: (await listChannels(db, OWNER.uid)).map(({ id, version }) => ({ id, version })),
  };
}

/** One thing to do, and how new the sign-in has to be for it. */
interface Act {
  name: string;
  needs: 'nothing' | 'five minutes' | 'a day';
  /** What has to be before it. */
  begin?: () => Promise<World>;
  /** Which path and body; the ids of the world stand for those of the route. */
  body?: object | ((world: World) => Promise<object>);
  ids?: (world: World) => Promise<Record<string, string>>;
}

const wider = (name: string, body: object, more: Partial<Act> = {}): Act => ({
  name,
  needs: 'five minutes',
  body,
  ...more,
});
const narrower = (name: string, body: object, more: Partial<Act> = {}): Act => ({
  ...wider(name, body, more),
  needs: 'nothing',
});

/** Of a connection, a key and an app alike; `loosening.test.ts` has every limit. */
const ruleChanges = [
  wider('a higher limit', { limits: { maxOrderValue: 101 } }),
  wider('one limit taken away, others narrowed', {
    limits: { maxOrderValue: null, symbols: [], trading: false },
    approval: 'owner',
  }),
  wider('less approval', { approval: 'none' }),
  narrower('lower limits and more approval', {
    limits: { maxOrderValue: 99, symbols: ['NVDA'], maxDailyOrders: 5, trading: false },
    approval: 'owner',
  }),
  narrower('what holds already', RULES),
];
const stopped = async () => {
  const world = await newWorld();
  await beginPanic(db, world.connection.id);
  return world;
};

const NVDA = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', tif: 'GTC' };

async function placed(apiKey: string, limit_price: number): Promise<Record<string, unknown>> {
  return (await callTool(service(), apiKey, 'place_order', { ...NVDA, limit_price })).structuredContent;
}

/** An order that waits for its owner, or for an answer to a question of IBKR's, and its answer. */
const ORDERS = {
  approve: {
    what: 'an order',
    settings: { approval: 'owner' },
    price: 98,
    yes: ({ orderHash }) => ({ decision: 'approve', orderHash }),
  },
  accept_warnings: {
    what: 'a question of IBKR',
    settings: { acceptedWarnings: [] },
    price: 60,
    yes: ({ question }) => ({ decision: 'accept_warnings', replyId: question?.replyId }),
  },
} satisfies Record<
  string,
  {
    what: string;
    settings: object;
    price: number;
    yes: (intent: { orderHash: string; question: { replyId: string } | null }) => object;
  }
>;

function decision(
  kind: keyof typeof ORDERS,
  mode: 'paper' | 'live',
  needs: Act['needs'],
  isYes: boolean,
): Act {
  const { what, settings, price, yes } = ORDERS[kind];
  const waiting = new WeakMap<World, string>();
  return {
    name: `a ${isYes ? 'yes' : 'no'} to ${what} of a ${mode} account`,
    needs,
    begin: () => newWorld(mode, settings),
    ids: async (world) => {
      const { intent_id } = z.object({ intent_id: z.string() }).parse(await placed(world.apiKey, price));
      waiting.set(world, intent_id);
      return { id: intent_id };
    },
    body: async (world) => {
      const intent = await findIntent(db, world.connection.id, waiting.get(world) ?? '');
      if (intent === null) throw new Error('Nothing waits.');
      return isYes ? yes(intent) : { decision: 'reject' };
    },
  };
}

/** A channel that tells of one type of news of one connection. */
async function newChannel(
  { id: connectionId, ownerUid }: Connection,
  { types = ['order.filled'], ...more }: { types?: string[] | null; disabledAt?: Date },
): Promise<string> {
  const fields = { ownerUid, kind: 'webhook', label: 'Channel', connectionId, types } as const;
  const { id } = await createChannel(db, service().vault, fields, newWebhookTarget('https://example.com/'));
  await updateChannel(service(), id, more);
  return id;
}

/** An act upon a channel of the world. */
function toChannel(fields: Parameters<typeof newChannel>[1] = {}): Partial<Act> {
  return { ids: async ({ connection }) => ({ id: await newChannel(connection, fields) }) };
}

const SUBSCRIPTION = subscribedBrowser().subscription('https://push.example.com/send/one');

/** A browser that tells of all news. */
async function toBrowser({ connection: { ownerUid } }: World): Promise<{ id: string }> {
  const fields = { ownerUid, kind: 'push', label: 'Browser', connectionId: null, types: null } as const;
  return createChannel(db, service().vault, fields, { ...SUBSCRIPTION, showsDetails: false });
}

/** An address for mail that waits for a yes, with what the links in its mails have. */
async function toAddress({ connection: { ownerUid } }: World) {
  mail = await startMailReceiver();
  const fields = { ownerUid, kind: 'email', label: 'Mail', connectionId: null, types: null } as const;
  const { token, kept: confirmation } = newConfirmation(new Date());
  const target = newEmailTarget('me@example.com');
  const { id } = await createChannel(db, service().vault, { ...fields, confirmation }, target);
  return { id, token, stopToken: target.stopToken };
}

/** Every address that does something. */
const ACTS: Record<string, Act[]> = {
  'POST /connections': [
    wider('a sandbox, which has a key that trades', { kind: 'sandbox' }),
    wider('a login', { kind: 'gateway', mode: 'paper', label: 'More', url: 'http://127.0.0.1:5000' }),
  ],
  'POST /connections/check': [narrower('what is wrong with a form', { kind: 'gateway', url: 'http://x' })],
  'PATCH /connections/:id': [
    ...ruleChanges,
    wider('one more symbol', { limits: { symbols: ['AAPL', 'NVDA', 'SPY'] } }),
    wider('selling short', { limits: { shortSelling: null } }),
    wider('the usual approval, which is less for one kind of app', { approval: null }),
    wider('a warning accepted beforehand', { acceptedWarnings: ['o10151', 'o10152', 'o163'] }),
    wider('a session taken from TWS', { allowTakeover: true }),
    wider('another mode', { mode: 'live' }),
    wider('other secrets', { secrets: { url: 'http://127.0.0.1:5000' } }),
    wider('other secrets, whatever narrows', {
      secrets: { url: 'http://127.0.0.1:5000' },
      limits: { trading: false },
    }),
    wider('trading on after a stop', { limits: { trading: true } }, { begin: stopped }),
    wider(
      'trading on',
      { limits: { trading: null } },
      {
        begin: () => newWorld('paper', { limits: { trading: false } }),
      },
    ),
    narrower('another limit during a stop', { limits: { maxDailyOrders: 3 } }, { begin: stopped }),
    narrower('a name', { label: 'Yours' }),
    narrower('fewer warnings accepted', { acceptedWarnings: ['o10152'] }),
    narrower('no account chosen', { currentAccountId: null }),
  ],
  'DELETE /connections/:id': [{ name: 'everything of it', needs: 'five minutes' }],
  'POST /connections/:id/test': [{ name: 'a look', needs: 'nothing' }],
  'POST /connections/:id/sign-in': [narrower('a code', { act: 'code', code: '123456' })],
  'POST /connections/:id/panic': [{ name: 'a stop', needs: 'nothing' }],
  'POST /connections/:id/keys': [
    wider('a key that trades', { label: 'new', scope: 'write' }),
    wider('a key that trades, since nothing else is said', { label: 'new' }),
    wider('a key that trades little', { label: 'new', limits: { maxDailyOrders: 0 }, approval: 'owner' }),
    narrower('a key that reads', { label: 'new', scope: 'read' }),
  ],
  'PATCH /keys/:keyId': [
    ...ruleChanges,
    wider('the rule of the connection', { approval: null }),
    wider('further addresses', { allowedIps: ['203.0.112.0/23'] }),
    wider('other addresses', { allowedIps: ['203.0.113.7', '198.51.100.7'] }),
    wider('every address', { allowedIps: [] }),
    narrower('fewer addresses', { allowedIps: ['203.0.113.7', '203.0.113.128/25'] }),
    narrower('the same addresses in halves', { allowedIps: ['203.0.113.128/25', '203.0.113.0/25'] }),
    narrower('a name', { label: 'robot' }),
  ],
  'DELETE /keys/:keyId': [{ name: 'a key', needs: 'nothing' }],
  'PATCH /apps/:grantId': [...ruleChanges, wider('the rule of the connection', { approval: null })],
  'DELETE /apps/:grantId': [{ name: 'an app', needs: 'nothing' }],
  'POST /connections/:id/tools/:name': [
    narrower('a look', {}, { ids: async ({ connection }) => ({ id: connection.id, name: 'get_cash' }) }),
  ],
  'POST /intents/:id': [
    decision('approve', 'live', 'a day', true),
    decision('accept_warnings', 'live', 'a day', true),
    decision('approve', 'live', 'nothing', false),
    decision('approve', 'paper', 'nothing', true),
  ],
  'POST /connections/:id/orders/:orderId/cancel': [
    narrower(
      'an order',
      {},
      {
        begin: () => newWorld('paper', { acceptedWarnings: [...SANDBOX_WARNINGS] }),
        ids: async ({ connection, apiKey }) => {
          const { order_id } = await placed(apiKey, 98);
          return { id: connection.id, orderId: String(order_id) };
        },
      },
    ),
  ],
  'POST /channels': [
    wider('a channel', { kind: 'webhook', label: 'New', url: 'https://example.com/' }),
    wider('a browser', { kind: 'push', label: 'New', subscription: SUBSCRIPTION }),
  ],
  'PATCH /channels/:id': [
    wider('another address', { url: 'https://example.org/' }, toChannel()),
    wider('news of every connection', { connectionId: null }, toChannel()),
    wider('news of another type', { types: ['order.filled', 'order.refused'] }, toChannel()),
    wider('all news', { types: null }, toChannel()),
    wider('sending again', { isOn: true }, toChannel({ disabledAt: new Date() })),
    wider('what the news is, in a browser', { showsDetails: true }, { ids: toBrowser }),
    narrower('less of it', { showsDetails: false }, { ids: toBrowser }),
    narrower('sending no more', { isOn: false }, toChannel()),
    narrower('less news', { types: ['order.filled'] }, toChannel({ types: null })),
    narrower('a name', { label: 'Yours' }, toChannel()),
  ],
  'POST /channels/:id/secret': [wider('a new secret', {}, toChannel())],
  'POST /channels/:id/test': [narrower('a message', {}, toChannel())],
  'POST /channels/:id/confirmation': [narrower('another mail', {}, { ids: toAddress })],
  'POST /email/confirmation/:id/:token': [narrower('a yes by the link in a mail', {}, { ids: toAddress })],
  'POST /email/stop/:id/:token': [
    narrower(
      'an end by the link in a mail',
      {},
      {
        ids: async (world) => {
          const { id, stopToken: token } = await toAddress(world);
          return { id, token };
        },
      },
    ),
  ],
  'POST /deliveries/:id/replay': [
    narrower(
      'a message once more',
      {},
      {
        ids: async ({ connection }) => {
          const id = await newChannel(connection, {});
          await storeNews(db, { ownerUid: OWNER.uid, connectionId: connection.id });
          await enqueueDeliveries({ db }, new Date(), async () => {});
          return { id: (await listDeliveries(db, id, { limit: 1 }))?.items[0]?.id ?? '' };
        },
      },
    ),
  ],
  'DELETE /channels/:id': [narrower('a channel', {}, toChannel())],
  // The last one: of its owner nothing is left after it.
  'POST /account/deletion': [
    { name: 'everything of a person', needs: 'five minutes', body: { email: OWNER.email, ordersStay: true } },
  ],
};

const SECONDS: Record<Act['needs'], { tooOld: number; newEnough: number }> = {
  nothing: { tooOld: Number.POSITIVE_INFINITY, newEnough: MONTH },
  'five minutes': { tooOld: 5 * MINUTE + 30, newEnough: 3 * MINUTE },
  'a day': { tooOld: 24 * HOUR + 30, newEnough: 23 * HOUR },
};

it('is known of everything that does something', () => {
  const acting = CONSOLE_ENDPOINTS.filter((one) => !one.startsWith('GET '));
  expect(Object.keys(ACTS).toSorted()).toEqual(acting.toSorted());
});

describe.each(Object.entries(ACTS))('%s', (endpoint, acts) => {
  it.each(acts)('$name needs a sign-in within: $needs', async ({ needs, begin = newWorld, ids, body }) => {
    const world = await begin();
    const { connection, keyId, grantId } = world;
    const [method = '', route = ''] = endpoint.split(' ');
    const named: Record<string, string> = (await ids?.(world)) ?? { id: connection.id, keyId, grantId };
    const path = `/api${route.replaceAll(/:(\w+)/g, (_, name) => named[name] ?? '')}`;
    const asked = typeof body === 'function' ? await body(world) : body;
    const act = (signedInFor: number) =>
      askConsole(service(), { method, path, bearer: idToken(OWNER.uid, signedInFor), body: asked });
    const { tooOld, newEnough } = SECONDS[needs];
    if (needs !== 'nothing') {
      const before = await stored(world);
      const refused = await act(tooOld);
      expect(refused).toMatchObject({ status: 403, body: { error: { code: 'sign_in_again' } } });
      expect(await stored(world)).toEqual(before);
    }
    const done = await act(newEnough);
    expect([200, 201, 204], done.text).toContain(done.status);
  });
});

it('is judged by what a change finds, not by what the page had read', async () => {
  const world = await newWorld('paper', { limits: { maxOrderValue: 1_000 } });
  const path = `/api/connections/${world.connection.id}`;
  const lower = (version?: number) =>
    askConsole(service(), {
      method: 'PATCH',
      path,
      bearer: idToken(OWNER.uid, HOUR),
      body: { version, limits: { maxOrderValue: 500 } },
    });
  await updateConnection(db, world.connection.id, { limits: { maxOrderValue: 100 } });
  expect((await lower()).status).toBe(403);
  // Who made it from what does not hold any more is told that first.
  expect((await lower(1)).status).toBe(409);
  expect(await findConnection(db, OWNER.uid, world.connection.id)).toMatchObject({
    limits: { maxOrderValue: 100 },
  });
});

it('is asked of nobody who has nothing there', async () => {
  const { connection } = await newWorld();
  const bearer = idToken('stranger', MONTH);
  const path = `/api/connections/${connection.id}`;
  expect((await askConsole(service(), { method: 'DELETE', path, bearer })).status).toBe(404);
});
