/** What apps are sent that subscribe to events, and what they are refused. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Firestore } from 'firebase-admin/firestore';
import { Webhook } from 'standardwebhooks';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subscriptionList } from '../../contract/access/subscription.ts';
import { deliverNews, enqueueDeliveries } from '../../jobs/news-delivery.ts';
import { takeChannelTurn } from '../../notifications/channel-turn.ts';
import type { Service } from '../../service.ts';
import { findApiKey, revokeApiKey } from '../../store/credentials/api-keys.ts';
import { revokeGrant } from '../../store/credentials/grants.ts';
import { saveSubscription } from '../../store/news/subscriptions.ts';
import { newAccess, newSandboxConnection, type OwnedSandbox } from '../../testing/access.ts';
import { idToken, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole } from '../../testing/console/requests.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { askEvents } from '../../testing/hosts/events-host.ts';
import {
  type NewsReceiver,
  type Received,
  startNewsReceiver,
  storeNews,
} from '../../testing/receivers/news-receiver.ts';
import { testService } from '../../testing/service.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let db: Firestore;
let service: Service;
let owned: OwnedSandbox;
let receiver: NewsReceiver;
let secret: string;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => {
  service = testService(db);
});
beforeEach(async () => {
  owned = await newSandboxConnection(db);
  receiver = await startNewsReceiver();
  receiver.answer = echoing;
  secret = newSecret();
});

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** Gives the challenge back, and takes what else comes. */
function echoing(response: ServerResponse, { body }: Received): void {
  const { challenge } = JSON.parse(body);
  if (challenge === undefined) response.writeHead(204).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ challenge }));
}

interface Asked {
  name?: string;
  delivery?: object;
  [more: string]: unknown;
}

function ask(method: string, { delivery, ...params }: Asked = {}, { apiKey } = owned, asked = service) {
  const to = { mode: 'webhook', url: receiver.url, secret, ...delivery };
  return askEvents(asked, apiKey, method, { name: 'order.filled', ...params, delivery: to });
}

async function subscribe(params: Asked = {}, by = owned) {
  const { result, error } = await ask('events/subscribe', params, by);
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

const news = ({ uid, connection }: OwnedSandbox = owned, more: { type?: string; at?: Date } = {}) =>
  storeNews(db, { ownerUid: uid, connectionId: connection.id, ...more });

/** One run of the schedule, and the tasks that it puts into the queue. */
async function run(at = new Date()): Promise<void> {
  const tasks: string[][] = [];
  await enqueueDeliveries(service, at, async ({ channelIds }) => tasks.push([...channelIds]));
  for (const channelIds of tasks) await deliverNews(service, channelIds);
}

const bodies = () => receiver.received.map(({ body }) => JSON.parse(body));
const events = () => bodies().filter(({ type }) => type === undefined);
const idsOfEvents = () => events().map(({ eventId }) => eventId);
const record = (id: string) => db.doc(`channels/${id}`).get();

it('asks an address for its challenge, and then sends it what happens, signed by the secret that it was given', async () => {
  await news();
  const { id, refreshBefore, cursor, truncated } = await subscribe();
  expect([id, cursor, truncated]).toEqual([expect.stringMatching(/^sub_/), expect.any(String), false]);
  expect(Date.parse(refreshBefore) - Date.now()).toBeLessThanOrEqual(DAY);
  const told = await news();
  await news(owned, { type: 'order.refused' });
  await run();
  const [challenge, event] = receiver.received;
  expect(receiver.received).toHaveLength(2);
  for (const { headers, body } of receiver.received) {
    expect(headers['x-mcp-subscription-id']).toBe(id);
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    expect(() => new Webhook(newSecret()).verify(body, headers as Record<string, string>)).toThrow();
  }
  expect(challenge?.headers['webhook-id']).toMatch(/^msg_verification_/);
  expect(event?.headers['webhook-id']).toBe(told);
  expect(events()).toMatchObject([
    { eventId: told, name: 'order.filled', timestamp: expect.any(String), data: { filledQuantity: 2 } },
  ]);
});

it('says to whoever renews how sending went', async () => {
  const { deliveryStatus } = await subscribe();
  expect(deliveryStatus).toBeUndefined();
  receiver.answer = (response) => response.writeHead(503).end('the inside of the receiver');
  await news();
  await run();
  expect((await subscribe()).deliveryStatus).toEqual({
    active: false,
    lastDeliveryAt: null,
    lastError: 'http_5xx',
    failedSince: expect.any(String),
  });
  receiver.answer = echoing;
  await news();
  await run();
  expect((await subscribe()).deliveryStatus).toEqual({
    active: true,
    lastDeliveryAt: expect.any(String),
    lastError: null,
  });
});

it.each(['timeout', 'tls_error', 'connection_refused', 'http_4xx'] as const)(
  'says %s to whoever renews',
  async (lastError) => {
    const { id } = await subscribe();
    await news();
    await enqueueDeliveries(service, new Date(), async () => {});
    const failed = { outcome: 'failed', error: 'Not taken.' } as const;
    const result =
      lastError === 'http_4xx' ? { ...failed, status: 404 } : { ...failed, status: null, reason: lastError };
    const isWelcome = async () => true;
    await takeChannelTurn({ ...service, isWelcome, openSender: () => async () => result }, id);
    expect((await subscribe()).deliveryStatus).toMatchObject({ lastError });
  },
);

it('renews what the same app has, without a challenge, and signs by both secrets where it has another', async () => {
  const first = await subscribe();
  const former = secret;
  secret = newSecret();
  const again = await subscribe({ cursor: first.cursor, ttlMs: 3 * DAY });
  expect(again.id).toBe(first.id);
  expect(Date.parse(again.refreshBefore)).toBeGreaterThan(Date.parse(first.refreshBefore));
  await subscribe({ cursor: again.cursor });
  await news();
  await run();
  const [, { headers, body } = { headers: {}, body: '' }] = receiver.received;
  for (const each of [secret, former]) {
    expect(() => new Webhook(each).verify(body, headers as Record<string, string>)).not.toThrow();
  }
  expect(events()).toHaveLength(1);
});

it('verifies an address once for an app, and again for another one', async () => {
  const { id } = await subscribe();
  const other = await subscribe({ name: 'order.refused' });
  expect(other.id).not.toBe(id);
  expect(receiver.received).toHaveLength(1);
  const stranger = await subscribe({}, await newSandboxConnection(db));
  expect(stranger.id).not.toBe(id);
  expect(receiver.received).toHaveLength(2);
  await subscribe({}, await newSandboxConnection(db, { ownerUid: owned.uid }));
  expect(receiver.received).toHaveLength(3);
});

it.each([
  [
    'gives another challenge back',
    (response: ServerResponse) => response.end('{"challenge":"x"}'),
    'challenge_failed',
  ],
  ['gives nothing back', (response: ServerResponse) => response.writeHead(204).end(), 'challenge_failed'],
  [
    'leads elsewhere',
    (response: ServerResponse) => response.writeHead(307, { location: 'https://example.com' }).end(),
    'challenge_failed',
  ],
  ['refuses', (response: ServerResponse) => response.writeHead(401).end(), 'http_4xx'],
  ['fails', (response: ServerResponse) => response.writeHead(500).end('secret words'), 'http_5xx'],
  ['hangs up', (response: ServerResponse) => response.destroy(), 'connection_refused'],
  ['floods', (response: ServerResponse) => response.end('x'.repeat(200_000)), 'connection_refused'],
])('subscribes nothing to an address that %s', async (_, answer, reason) => {
  receiver.answer = answer;
  const { error } = await ask('events/subscribe');
  expect(error).toMatchObject({ code: -32_015, data: { reason } });
  expect(error?.message).not.toContain('secret words');
  await news();
  await run();
  expect(receiver.received).toHaveLength(1);
});

describe('nothing is sent', () => {
  const public_ = () => testService(db, { localMode: false });

  it.each([
    ['http://example.com/hook', 'https'],
    ['https://127.0.0.1/hook', 'public'],
    ['https://[::1]/hook', 'public'],
    ['https://169.254.169.254/', 'public'],
    ['https://10.0.0.1/', 'public'],
    ['https://gateway.internal/', 'public'],
    ['https://user:word@example.com/', 'password'],
    ['https://example.com/#part', 'fragment'],
    ['https://example.com:22/', 'port'],
    ['no address', 'address'],
  ])('to %s', async (url, word) => {
    const { error } = await ask('events/subscribe', { delivery: { url } }, owned, public_());
    expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining(word) });
  });

  it('to a name that means an address inside', async () => {
    const resolve = async () => [{ address: '10.0.0.1', family: 4 }];
    const inside = testService(db, { localMode: false, resolve } as Partial<Service>);
    const delivery = { url: 'https://rebound.example.com/hook' };
    const { error } = await ask('events/subscribe', { delivery }, owned, inside);
    expect(error).toMatchObject({ code: -32_015, data: { reason: 'connection_refused' } });
  });

  it.each([
    ['a secret that is none', { delivery: { secret: 'whsec_!' } }, -32_602],
    [
      'a secret that is too short',
      { delivery: { secret: `whsec_${Buffer.alloc(23).toString('base64')}` } },
      -32_602,
    ],
    [
      'a secret that is too long',
      { delivery: { secret: `whsec_${Buffer.alloc(65).toString('base64')}` } },
      -32_602,
    ],
    ['no secret', { delivery: { secret: undefined } }, -32_602],
    ['another way than by webhook', { delivery: { mode: 'push' } }, -32_014],
    ['an event that there is not', { name: 'order.imagined' }, -32_011],
    ['arguments, which no event has', { arguments: { symbol: 'NVDA' } }, -32_602],
    ['a cursor that is none', { cursor: 'abc' }, -32_602],
  ])('for %s', async (_, params, code) => {
    const { error } = await ask('events/subscribe', params);
    expect(error).toMatchObject({ code });
    expect(receiver.received).toEqual([]);
  });

  it('after it was unsubscribed, and by nobody else is it', async () => {
    const { id } = await subscribe();
    const sibling = await newSandboxConnection(db, { ownerUid: owned.uid });
    const foreign = await ask('events/unsubscribe', {}, sibling);
    expect(foreign.error).toMatchObject({ code: -32_011, data: { kind: 'subscription' } });
    expect((await record(id)).exists).toBe(true);
    expect((await ask('events/unsubscribe')).error).toBeUndefined();
    expect((await record(id)).exists).toBe(false);
    await news();
    await run();
    expect(events()).toEqual([]);
    expect((await ask('events/unsubscribe')).error).toMatchObject({ code: -32_011 });
  });

  it('once the key is revoked, though news was on its way', async () => {
    const { id } = await subscribe();
    await news();
    const key = await findApiKey(db, owned.keyId);
    if (key === null) throw new Error('There is no key.');
    await revokeApiKey(db, key);
    await run();
    expect(events()).toEqual([]);
    expect((await record(id)).exists).toBe(false);
    expect((await db.collection('deliveries').where('channelId', '==', id).get()).size).toBe(0);
    // It hears of that, once.
    await news();
    await run();
    expect(bodies().map(({ type }) => type)).toEqual(['verification', 'terminated']);
    const { headers, body } = receiver.received.at(-1) ?? { headers: {}, body: '' };
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      error: { code: -32_012, message: 'Forbidden' },
    });
    expect(headers).toMatchObject({
      'x-mcp-subscription-id': id,
      'webhook-id': expect.stringMatching(/^msg_terminated_/),
    });
  });

  it('once the app is revoked, or its last token has expired', async () => {
    const { connection, uid: ownerUid } = owned;
    const { grantId } = await newAccess(db, connection);
    const ids = ['sub_revoked', 'sub_expired'].map((name) => `${name}_${grantId}`);
    const { grantId: expired } = await newAccess(db, connection);
    const [revokedId = '', expiredId = ''] = ids;
    for (const [id, credentialId] of [
      [revokedId, grantId],
      [expiredId, expired],
    ] as const) {
      await saveSubscription(service, {
        id,
        credential: {
          id: credentialId,
          source: 'oauth',
          label: 'App',
          ownerUid,
          connectionId: connection.id,
        },
        type: 'order.filled',
        expiresAt: new Date(Date.now() + DAY),
        target: { url: receiver.url, secret, former: null, subscriptionId: id },
      });
    }
    await news();
    await run();
    expect(events()).toHaveLength(2);
    await revokeGrant(db, grantId);
    await db.doc(`grants/${expired}`).update({ expireAt: new Date() });
    await news();
    await run();
    expect(events()).toHaveLength(2);
    for (const id of ids) expect((await record(id)).exists).toBe(false);
  });

  it('once it has expired, and nothing is left of it', async () => {
    const { id, refreshBefore } = await subscribe({ ttlMs: 1 });
    expect(Date.parse(refreshBefore) - Date.now()).toBeGreaterThan(MINUTE);
    await db.doc(`channels/${id}`).update({ expiresAt: new Date(), dueAt: new Date() });
    await news();
    await run(new Date(Date.now() + MINUTE));
    expect(events()).toEqual([]);
    expect((await record(id)).exists).toBe(false);
  });

  it('of another connection, of the same owner or of another', async () => {
    await subscribe();
    const sibling = await newSandboxConnection(db, { ownerUid: owned.uid });
    const stranger = await newSandboxConnection(db);
    await Promise.all([news(sibling), news(stranger)]);
    await storeNews(db, { ownerUid: stranger.uid, connectionId: owned.connection.id });
    await run();
    expect(events()).toEqual([]);
  });
});

it('lives for seven days at most, and never without end', async () => {
  for (const ttlMs of [null, 400 * DAY]) {
    const { refreshBefore } = await subscribe({ ttlMs });
    expect(Date.parse(refreshBefore) - Date.now()).toBeLessThanOrEqual(7 * DAY);
  }
});

it('sends what was missed where an app subscribes again with its cursor', async () => {
  const { id, cursor } = await subscribe();
  await ask('events/unsubscribe');
  const missed = [await news(), await news()];
  await run();
  const again = await subscribe({ cursor });
  expect([again.id, again.truncated]).toEqual([id, false]);
  await run();
  expect(idsOfEvents().toSorted()).toEqual(missed.toSorted());
});

it('sends nothing of before it was subscribed where it goes on from a renewal', async () => {
  await news(owned, { at: new Date(Date.now() - 5 * MINUTE) });
  await subscribe();
  const { cursor } = await subscribe();
  await ask('events/unsubscribe');
  await subscribe({ cursor });
  await run();
  expect(events()).toEqual([]);
});

it('tries again what is not taken, under the same id, and not what is declined', async () => {
  const { id } = await subscribe();
  receiver.answer = (response) => response.writeHead(503).end();
  const failed = await news();
  await run();
  expect((await record(id)).get('failures')).toBe(1);
  receiver.answer = (response) => response.writeHead(410).end();
  await subscribe();
  const declined = await news();
  await run();
  receiver.answer = echoing;
  const waiting = await db
    .collection('deliveries')
    .where('channelId', '==', id)
    .where('state', '==', 'due')
    .get();
  await Promise.all(waiting.docs.map(({ ref }) => ref.update({ dueAt: new Date() })));
  await run(new Date(Date.now() + 60 * MINUTE));
  expect(idsOfEvents().filter((one) => one === failed)).toHaveLength(2);
  expect(idsOfEvents().filter((one) => one === declined)).toHaveLength(1);
  expect((await record(id)).data()).toMatchObject({ failures: 0, disabledAt: null });
});

it('refuses more subscriptions than an app may have', async () => {
  const types = ['order.waiting', 'order.filled', 'order.partly_filled', 'order.refused', 'order.unknown'];
  for (const place of ['a', 'b', 'c', 'd']) {
    for (const name of types) await subscribe({ name, delivery: { url: `${receiver.url}/${place}` } });
  }
  const { error } = await ask('events/subscribe', { delivery: { url: `${receiver.url}/e` } });
  expect(error).toMatchObject({ code: -32_013, data: { limit: 'subscriptions', max: 20 } });
  await subscribe({ delivery: { url: `${receiver.url}/a` } });
});

it('asks no more addresses in a minute than nobody is flooded with', async () => {
  receiver.answer = (response) => response.writeHead(500).end();
  const codes: unknown[] = [];
  for (let count = 0; count < 11; count += 1) {
    const { error } = await ask('events/subscribe', { delivery: { url: `${receiver.url}/${count}` } });
    codes.push(error?.code);
  }
  expect(codes.at(-1)).toBe(-32_013);
  expect(receiver.received).toHaveLength(10);
});

it('is told to its owner, and to nobody else', async () => {
  await subscribe({ delivery: { url: `${receiver.url}/token-in-path` } });
  const path = `/api/connections/${owned.connection.id}/subscriptions`;
  const { body } = await askConsole(service, { method: 'GET', path, bearer: idToken(owned.uid) });
  expect(subscriptionList.parse(body).items).toEqual([
    {
      credentialId: owned.keyId,
      type: 'order.filled',
      host: new URL(receiver.url).host,
      expiresAt: expect.any(String),
      failingSince: null,
    },
  ]);
  const stranger = await newSandboxConnection(db);
  const foreign = await askConsole(service, { method: 'GET', path, bearer: idToken(stranger.uid) });
  expect(foreign.status).toBe(404);
  const channels = { method: 'GET', path: '/api/channels', bearer: idToken(owned.uid) };
  expect((await askConsole(service, channels)).body).toMatchObject({ items: [] });
});

it('is in the activity, by the host alone, and keeps neither address nor secret where they can be read', async () => {
  const { id } = await subscribe({ delivery: { url: `${receiver.url}/token-in-path` } });
  await ask('events/unsubscribe', { delivery: { url: `${receiver.url}/token-in-path` } });
  const { docs } = await db.collection('audit').where('ownerUid', '==', owned.uid).get();
  const { host } = new URL(receiver.url);
  expect(docs.map((one) => [one.get('tool'), JSON.parse(one.get('arguments'))]).toSorted()).toEqual([
    ['events/subscribe', { name: 'order.filled', host, until: expect.any(String) }],
    ['events/unsubscribe', { name: 'order.filled', host }],
  ]);
  await subscribe({ delivery: { url: `${receiver.url}/token-in-path` } });
  const stored = JSON.stringify((await record(id)).data());
  expect(stored).not.toContain('token-in-path');
  expect(stored).not.toContain(secret);
});
