/** `price.crossed`: what apps are told of prices that they have watched, and what they are refused. */
import { randomBytes } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { Webhook } from 'standardwebhooks';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { watchPrices } from '../../http/watched-prices.ts';
import { enqueueOrderUpkeep } from '../../jobs/order-upkeep.ts';
import type { Service } from '../../service.ts';
import { revokeAllApiKeys } from '../../store/credentials/api-keys.ts';
import { newSandboxConnection, type OwnedSandbox } from '../../testing/access.ts';
import { useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askEvents } from '../../testing/hosts/events-host.ts';
import { type NewsReceiver, startNewsReceiver } from '../../testing/receivers/news-receiver.ts';
import { simulatorUrl } from '../../testing/sandbox.ts';
import { useServers } from '../../testing/servers.ts';
import { testService } from '../../testing/service.ts';
import { controlSimulator } from '../../testing/simulator-control.ts';

const NVDA = 4815747;
const ABOVE = { symbol: 'NVDA', price: 100, direction: 'above' };

let db: Firestore;
let service: Service;
let owned: OwnedSandbox;
let receiver: NewsReceiver;
let secret: string;

useServers((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => {
  service = testService(db, { simulatorUrl: simulatorUrl() });
});
beforeEach(async () => {
  owned = await newSandboxConnection(db);
  receiver = await startNewsReceiver();
  receiver.answer = (response, { body }) => {
    const { challenge } = JSON.parse(body);
    if (challenge === undefined) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ challenge }));
  };
  secret = `whsec_${randomBytes(32).toString('base64')}`;
  await trades(95);
});

/** Of this sandbox alone. */
async function trades(last: number, more: object = {}): Promise<void> {
  const price = { conid: NVDA, last, bid: last, ask: last, sandbox: owned.connection.id, ...more };
  await controlSimulator(simulatorUrl(), 'POST', 'prices', price);
}

function ask(method: string, args: object = ABOVE, more: object = {}) {
  const delivery = { mode: 'webhook', url: receiver.url, secret };
  return askEvents(service, owned.apiKey, method, {
    name: 'price.crossed',
    arguments: args,
    delivery,
    ...more,
  });
}

async function subscribe(args: object = ABOVE, more: object = {}) {
  const { result, error } = await ask('events/subscribe', args, more);
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

async function poll(cursor: string | null, args: object = ABOVE) {
  const { result, error } = await ask('events/poll', args, { cursor });
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

/** One run of the schedule: whether it comes to this connection, and its look. */
async function run(): Promise<boolean> {
  const given: string[] = [];
  await enqueueOrderUpkeep(service, new Date(), async ({ connectionIds }) => given.push(...connectionIds));
  if (!given.includes(owned.connection.id)) return false;
  await watchPrices(service, [owned.connection.id]);
  return true;
}

/** The price moves, and the schedule looks. */
async function moves(last: number, more: object = {}): Promise<void> {
  await trades(last, more);
  await run();
}

const told = () =>
  receiver.received.map(({ body }) => JSON.parse(body)).filter(({ type }) => type !== 'verification');
const watches = async () =>
  (await db.collection('priceWatches').where('ownerUid', '==', owned.uid).get()).docs;

it('sends a crossing once, signed, and another only after the price was back', async () => {
  expect(await run()).toBe(false);
  const { id, truncated } = await subscribe();
  expect(truncated).toBe(false);
  await moves(99.99);
  expect(told()).toEqual([]);
  for (const last of [104, 100, 110]) await moves(last);
  expect(told()).toMatchObject([
    {
      name: 'price.crossed',
      data: { symbol: 'NVDA', conid: NVDA, price: 100, direction: 'above', last: 104, type: 'price.crossed' },
    },
  ]);
  const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' };
  expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
  expect(headers).toMatchObject({ 'x-mcp-subscription-id': id, 'webhook-id': told()[0].eventId });
  await moves(99);
  await moves(100);
  expect(told().map(({ data }) => data.last)).toEqual([104, 100]);
  expect(new Set(told().map(({ eventId }) => eventId)).size).toBe(2);
});

it('tells nothing of a halted quote', async () => {
  await subscribe();
  await moves(104, { halted: true });
  expect(told()).toEqual([]);
  await moves(104, { halted: false });
  expect(told()).toHaveLength(1);
});

it('tells once where several look at the same time', async () => {
  await subscribe();
  await trades(101);
  await Promise.all([1, 2, 3].map(() => watchPrices(service, [owned.connection.id])));
  expect((await watches())[0]?.get('crossings')).toHaveLength(1);
  expect(new Set(told().map(({ eventId }) => eventId)).size).toBe(1);
});

it('tells an app that polls, from its first poll on', async () => {
  const begun = await poll(null);
  expect(begun).toMatchObject({ events: [], truncated: false, hasMore: false });
  await moves(103);
  const polled = await poll(begun.cursor);
  expect(polled.events).toMatchObject([{ name: 'price.crossed', data: { last: 103 } }]);
  expect((await poll(polled.cursor)).events).toEqual([]);
  // Who asks for another level has other cursors.
  const { error } = await ask('events/poll', { ...ABOVE, price: 120 }, { cursor: polled.cursor });
  expect(error?.message).toContain('cursor');
});

it('says to an app that did not poll for long that something may be missing', async () => {
  const { cursor } = await poll(null);
  const [watch] = await watches();
  await watch?.ref.update({ expiresAt: new Date() });
  expect(await run()).toBe(false);
  expect((await poll(cursor)).truncated).toBe(true);
  expect(await run()).toBe(true);
});

it('ends with the subscription, its time, and the key', async () => {
  await subscribe();
  await subscribe({ ...ABOVE, price: 110 });
  expect(await watches()).toHaveLength(2);
  expect((await ask('events/unsubscribe')).error).toBeUndefined();
  const [left] = await watches();
  expect(left?.get('price')).toBe(110);
  const week = Date.now() + 7 * 86_400_000 + 60_000;
  expect(left?.get('expiresAt').toMillis()).toBeLessThan(week);
  await revokeAllApiKeys(db, { connectionId: owned.connection.id });
  await moves(120);
  expect(told()).toEqual([]);
  expect(await watches()).toEqual([]);
  expect(await run()).toBe(false);
});

it('watches ten prices for an app, and says so of the eleventh', async () => {
  for (let price = 101; price <= 110; price++) await subscribe({ ...ABOVE, price });
  const { error } = await ask('events/subscribe', { ...ABOVE, price: 111 });
  expect(error).toMatchObject({ code: -32_013, data: { limit: 'watches', max: 10 } });
  expect(error?.message).toContain('at most 10 prices');
  // What it has, it renews.
  expect((await ask('events/subscribe', { ...ABOVE, price: 110 })).error).toBeUndefined();
});

it.each([
  ['no instrument', { price: 1, direction: 'above' }, 'symbol'],
  ['two instruments', { ...ABOVE, conid: NVDA }, 'either symbol or conid'],
  ['no direction', { symbol: 'NVDA', price: 1 }, 'direction'],
  ['an argument that there is not', { ...ABOVE, account: 'x' }, 'account'],
  ['an instrument that there is not', { ...ABOVE, symbol: 'NOSUCHTICKER' }, 'NOSUCHTICKER'],
])('refuses %s in words', async (_, args, words) => {
  for (const method of ['events/subscribe', 'events/poll']) {
    const { error } = await ask(method, args);
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining(words) });
  }
  expect(await watches()).toEqual([]);
});
