/** News from the outbox to a server that it is sent to, by way of the schedule and its tasks. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { Webhook } from 'standardwebhooks';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { takeChannelTurn } from '../notifications/channel-turn.ts';
import { newWebhookTarget, type WebhookTarget } from '../notifications/kinds/webhook.ts';
import type { Service } from '../service.ts';
import { type Channel, createChannel, findChannel, updateChannel } from '../store/news/channels.ts';
import { listDeliveries, resumeDeliveries } from '../store/news/deliveries.ts';
import { scheduledActs } from '../testing/audit.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { useFirestore } from '../testing/firestore.ts';
import { type NewsReceiver, startNewsReceiver, storeNews } from '../testing/receivers/news-receiver.ts';
import { testService } from '../testing/service.ts';
import { deliverNews, enqueueDeliveries } from './news-delivery.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let db: Firestore;
let service: Service;
let receiver: NewsReceiver;
let ownerUid: string;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => {
  service = testService(db);
});
beforeEach(async () => {
  receiver = await startNewsReceiver();
  ownerUid = `told-${randomUUID()}`;
});

async function newChannel(
  fields: Partial<Pick<Channel, 'ownerUid' | 'connectionId' | 'types' | 'quietHours'>> & {
    url?: string;
  } = {},
): Promise<{ id: string; target: WebhookTarget }> {
  const { url = receiver.url, ...settings } = fields;
  const target = newWebhookTarget(url);
  const channel = { ownerUid, kind: 'webhook', label: 'script', connectionId: null, types: null } as const;
  const { id } = await createChannel(db, service.vault, { ...channel, ...settings }, target);
  return { id, target };
}

const news = (fields: Partial<Parameters<typeof storeNews>[1]> = {}) =>
  storeNews(db, { ownerUid, connectionId: 'mine', ...fields });

/** One run of the schedule, and the tasks that it puts into the queue. */
async function run(at = new Date()): Promise<string[]> {
  const tasks: string[][] = [];
  await enqueueDeliveries(service, at, async ({ channelIds }) => tasks.push([...channelIds]));
  for (const channelIds of tasks) await deliverNews(service, channelIds);
  return tasks.flat();
}

/** A task on the clock of a test, whose messages go nowhere. */
function turn(
  channelId: string,
  at: Date,
  outcome: 'delivered' | 'failed',
  more: { retryAfterMs?: number } = {},
) {
  const openSender = () => async () => {
    return { outcome, status: outcome === 'delivered' ? 200 : 503, error: null, ...more } as const;
  };
  const isWelcome = async () => true;
  return takeChannelTurn({ ...service, isWelcome, now: () => at, openSender }, channelId);
}

const deliveries = async (channelId: string) =>
  (await listDeliveries(db, channelId, { limit: 100 }))?.items ?? [];
const health = async (id: string) => findChannel(db, ownerUid, id);
const ids = () => receiver.received.map(({ headers }) => headers['webhook-id']);

it('sends news once, signed as Standard Webhooks has it', async () => {
  const { id, target } = await newChannel();
  const newsId = await news();
  expect(await run()).toEqual([id]);
  const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
  const told = new Webhook(target.secret).verify(body, headers as Record<string, string>);
  expect(told).toMatchObject({ id: newsId, type: 'order.filled', connectionId: 'mine', filledQuantity: 2 });
  expect(headers).toMatchObject({ 'webhook-id': newsId, 'content-type': 'application/json' });
  expect(() =>
    new Webhook(newWebhookTarget('x').secret).verify(body, headers as Record<string, string>),
  ).toThrow();
  expect(await run(new Date(Date.now() + DAY))).toEqual([]);
  expect(receiver.received).toHaveLength(1);
  expect(await deliveries(id)).toMatchObject([{ state: 'delivered', tries: 1, attempts: [{ status: 204 }] }]);
});

it('tries again under the same id until it is taken', async () => {
  const { id } = await newChannel();
  const newsId = await news();
  receiver.answer = (response) => response.writeHead(500).end('out of order\u0000\n');
  await run();
  const [delivery] = await deliveries(id);
  expect(delivery).toMatchObject({
    state: 'due',
    tries: 1,
    attempts: [{ error: 'It answered 500: out of order' }],
  });
  expect(await health(id)).toMatchObject({ failures: 1, failingSince: expect.any(Date) });
  receiver.answer = (response) => response.writeHead(200).end('taken');
  expect(await run()).toEqual([]);
  await turn(id, new Date(Date.now() + MINUTE), 'delivered');
  expect(ids()).toEqual([newsId]);
  expect(await deliveries(id)).toMatchObject([
    { state: 'delivered', tries: 2, attempts: [{}, { status: 500 }] },
  ]);
  expect(await health(id)).toMatchObject({ failures: 0, failingSince: null, dueAt: null });
});

it('tells each channel what its owner wants to hear by it, and nobody else of it', async () => {
  const stranger = `stranger-${randomUUID()}`;
  const others = await newChannel({ ownerUid: stranger });
  const [all, refusals, elsewhere] = await Promise.all([
    newChannel(),
    newChannel({ types: ['order.refused'] }),
    newChannel({ connectionId: 'another' }),
  ]);
  const filled = await news();
  const refused = await news({ type: 'order.refused' });
  const theirs = await news({ connectionId: 'another', type: 'order.waiting' });
  await run();
  const told = async ({ id }: { id: string }) =>
    (await deliveries(id)).map(({ newsId }) => newsId).toSorted();
  expect(await told(all)).toEqual([filled, refused, theirs].toSorted());
  expect(await told(refusals)).toEqual([refused]);
  expect(await told(elsewhere)).toEqual([theirs]);
  expect(await told(others)).toEqual([]);
  expect(receiver.received).toHaveLength(5);
});

it('writes one delivery where two runs put the same news on its way, and one of two tasks sends it', async () => {
  const { id } = await newChannel();
  await news();
  const tasks: string[] = [];
  const enqueue = async ({ channelIds }: { channelIds: readonly string[] }) => tasks.push(...channelIds);
  const now = new Date();
  await Promise.all([enqueueDeliveries(service, now, enqueue), enqueueDeliveries(service, now, enqueue)]);
  expect(new Set(tasks)).toEqual(new Set([id]));
  await Promise.all([1, 2, 3].map(() => deliverNews(service, [id])));
  expect(receiver.received).toHaveLength(1);
});

it('has a channel worked on again whose task was lost, or could not be enqueued', async () => {
  const { id } = await newChannel();
  await news();
  const now = new Date();
  await expect(enqueueDeliveries(service, now, () => Promise.reject(new Error('no queue')))).rejects.toThrow(
    'no queue',
  );
  const given: string[] = [];
  const lose = async ({ channelIds }: { channelIds: readonly string[] }) => given.push(...channelIds);
  await enqueueDeliveries(service, now, lose);
  expect(given).toEqual([id]);
  await enqueueDeliveries(service, new Date(now.getTime() + 4 * MINUTE), lose);
  expect(given).toEqual([id]);
  expect(await run(new Date(now.getTime() + 6 * MINUTE))).toEqual([id]);
  expect(receiver.received).toHaveLength(1);
});

it('sends what comes while it sends', async () => {
  const { id } = await newChannel();
  const first = await news();
  let second: string | undefined;
  receiver.answer = async (response) => {
    if (second === undefined) {
      second = await news();
      await enqueueDeliveries(service, new Date(), () => Promise.resolve());
    }
    response.writeHead(204).end();
  };
  await run();
  expect(ids()).toEqual([first, second]);
  expect(await health(id)).toMatchObject({ dueAt: null, heldUntil: null });
});

it('asks one that fails with one message at a time, and ever less often', async () => {
  const { id } = await newChannel();
  for (let count = 0; count < 12; count += 1) await news();
  await enqueueDeliveries(service, new Date(), () => Promise.resolve());
  let at = new Date();
  const pauses: number[] = [];
  const failed: (number | undefined)[] = [];
  for (let failures = 1; failures <= 8; failures += 1) {
    failed.push((await turn(id, at, 'failed'))?.failed);
    const { pausedUntil, dueAt } = (await health(id)) ?? {};
    expect(dueAt).toEqual(pausedUntil);
    expect(await turn(id, new Date((pausedUntil?.getTime() ?? 0) - 1), 'delivered')).toBeNull();
    pauses.push(((pausedUntil?.getTime() ?? 0) - at.getTime()) / 1_000);
    at = pausedUntil ?? at;
  }
  expect(failed).toEqual([4, 1, 1, 1, 1, 1, 1, 1]);
  const planned = [30, 90, 270, 810, 2_430, 3_600, 3_600, 3_600];
  for (const [index, pause] of pauses.entries()) {
    expect(pause / (planned[index] ?? 0)).toBeGreaterThanOrEqual(0.79);
    expect(pause / (planned[index] ?? 0)).toBeLessThanOrEqual(1.21);
  }
  expect(await turn(id, at, 'delivered')).toMatchObject({ delivered: 12, failed: 0 });
});

it('leaves it in peace for as long as it asks, up to an hour', async () => {
  const { id } = await newChannel();
  await news();
  await enqueueDeliveries(service, new Date(), () => Promise.resolve());
  const at = new Date();
  await turn(id, at, 'failed', { retryAfterMs: 20 * MINUTE });
  expect((await health(id))?.pausedUntil).toEqual(new Date(at.getTime() + 20 * MINUTE));
  receiver.answer = (response) => response.writeHead(429, { 'Retry-After': '600' }).end();
  await updateChannel(service, id, { target: newWebhookTarget(receiver.url) });
  await news();
  await run(new Date());
  expect((await health(id))?.pausedUntil?.getTime()).toBeGreaterThanOrEqual(at.getTime() + 10 * MINUTE);
});

it('lets a message that alone is refused keep no others', async () => {
  const { id } = await newChannel();
  const refused = await news();
  const others = await Promise.all([news(), news(), news(), news()]);
  receiver.answer = (response) => {
    response.writeHead(ids().at(-1) === refused ? 400 : 204).end();
  };
  await run();
  const states = new Map((await deliveries(id)).map(({ newsId, state }) => [newsId, state]));
  expect(states.get(refused)).toBe('due');
  for (const other of others) expect(states.get(other)).toBe('delivered');
  expect(await health(id)).toMatchObject({ failures: 0, dueAt: expect.any(Date) });
});

describe('in quiet hours', () => {
  const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Zurich', tellsWaitingOrders: true };
  const evening = new Date('2030-01-05T22:30:00+01:00');
  const morning = new Date('2030-01-06T07:00:00+01:00');
  const enqueue = (at: Date) => enqueueDeliveries(service, at, () => Promise.resolve());
  const states = async (id: string) =>
    new Map((await deliveries(id)).map(({ newsId, state }) => [newsId, state]));

  it('holds back what is due, lets through what its owner chose, and tells the rest when they end', async () => {
    const { id } = await newChannel({ quietHours: night });
    const waits = await news({ type: 'order.waiting', at: evening });
    const filled = await news({ at: evening });
    await enqueue(evening);
    expect(await turn(id, evening, 'delivered')).toMatchObject({ delivered: 1, failed: 0 });
    expect(await states(id)).toEqual(
      new Map([
        [waits, 'delivered'],
        [filled, 'due'],
      ]),
    );
    expect(await health(id)).toMatchObject({ dueAt: morning, heldUntil: null });
    expect(await turn(id, new Date(morning.getTime() - 1), 'delivered')).toMatchObject({ delivered: 0 });
    expect(await turn(id, morning, 'delivered')).toMatchObject({ delivered: 1 });
    expect(await states(id)).toEqual(
      new Map([
        [waits, 'delivered'],
        [filled, 'delivered'],
      ]),
    );
  });

  it('tries again only when they end what failed before they began, and gives it up in time', async () => {
    const { id } = await newChannel({ quietHours: night });
    const before = new Date(evening.getTime() - HOUR);
    await news({ at: before });
    await enqueue(before);
    await turn(id, before, 'failed');
    const { giveUpAt } = (await deliveries(id))[0] ?? {};
    expect(await turn(id, evening, 'delivered')).toMatchObject({ delivered: 0 });
    expect(await deliveries(id)).toMatchObject([{ state: 'due', tries: 1, dueAt: morning, giveUpAt }]);
    expect(await turn(id, morning, 'delivered')).toMatchObject({ delivered: 1 });
  });

  it('tries for a day from their end on what came in them', async () => {
    const { id } = await newChannel({ quietHours: { ...night, from: '07:01' } });
    const began = new Date(morning.getTime() + MINUTE);
    await news({ at: began });
    await enqueue(began);
    await turn(id, began, 'delivered');
    const end = new Date(morning.getTime() + DAY);
    expect(await deliveries(id)).toMatchObject([{ dueAt: end, giveUpAt: new Date(end.getTime() + DAY) }]);
  });

  it('tells at once what waits when its owner ends them, and no sooner what failed before', async () => {
    const { id } = await newChannel({ quietHours: night });
    const waits = await news({ at: evening });
    await enqueue(evening);
    await turn(id, evening, 'delivered');
    await updateChannel(service, id, { quietHours: null });
    await resumeDeliveries(db, id, evening);
    expect(await health(id)).toMatchObject({ dueAt: evening });
    expect(await turn(id, evening, 'delivered')).toMatchObject({ delivered: 1 });
    expect(await states(id)).toEqual(new Map([[waits, 'delivered']]));
    await news({ at: evening });
    await enqueue(evening);
    await turn(id, evening, 'failed');
    const { dueAt } = (await deliveries(id)).find(({ state }) => state === 'due') ?? {};
    await resumeDeliveries(db, id, evening);
    expect((await deliveries(id)).find(({ state }) => state === 'due')).toMatchObject({ tries: 1, dueAt });
  });

  it('lets no more than a thousand wait', { timeout: 60_000 }, async () => {
    const { id } = await newChannel({ quietHours: night });
    const writer = db.bulkWriter({ throttling: false });
    for (let index = 0; index < 1_000; index += 1) {
      void writer.set(db.doc(`deliveries/night-${index}-${id}`), { channelId: id, dueAt: morning });
    }
    await writer.close();
    const newsId = await news({ at: evening });
    await enqueue(evening);
    const record = await db.doc(`deliveries/${newsId}-${id}`).get();
    expect(record.data()).toMatchObject({ state: 'failed', dueAt: null });
  });
});

describe('turns a channel off', () => {
  it('that wants no more, and tells its owner', async () => {
    const { id } = await newChannel();
    await news();
    receiver.answer = (response) => response.writeHead(410).end();
    await run();
    expect(await health(id)).toMatchObject({ disabledBy: 'gateway', dueAt: null });
    expect(await deliveries(id)).toMatchObject([{ state: 'failed', dueAt: null }]);
    expect(await scheduledActs(db, '', ownerUid)).toMatchObject([
      { act: 'channel.disable', args: { label: 'script', kind: 'webhook' } },
    ]);
    await news();
    expect(await run()).toEqual([]);
    expect(receiver.received).toHaveLength(1);
  });

  it('through which nothing got for three days, and has it begin anew when it is turned on', async () => {
    const { id } = await newChannel();
    const [waited, at] = [new Date(), new Date(Date.now() + 2 * DAY)];
    await news({ at: waited });
    await enqueueDeliveries(service, waited, () => Promise.resolve());
    await news({ at });
    await enqueueDeliveries(service, at, () => Promise.resolve());
    const fail = async (days: number, failures: number) => {
      const failingSince = new Date(at.getTime() - days * DAY);
      await db.doc(`channels/${id}`).update({ failures, failingSince, pausedUntil: null });
      await turn(id, new Date(at.getTime() + failures * MINUTE), 'failed');
      return (await health(id))?.disabledBy;
    };
    expect([await fail(4, 8), await fail(2.9, 50), await fail(3.1, 90)]).toEqual([null, null, 'gateway']);
    await updateChannel(service, id, { disabledAt: null });
    expect(await health(id)).toMatchObject({ failures: 0, failingSince: null, disabledBy: null });
    expect(await turn(id, new Date(at.getTime() + 2 * HOUR), 'delivered')).toMatchObject({ delivered: 1 });
    // The one that waited for longer than a day is not told any more.
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['delivered', 'failed']);
  });
});

it('gives up after a day', async () => {
  const { id } = await newChannel();
  const newsId = await news();
  await enqueueDeliveries(service, new Date(), () => Promise.resolve());
  const record = db.doc(`deliveries/${newsId}-${id}`);
  const { createdAt, giveUpAt } = (await deliveries(id))[0] ?? {};
  expect(giveUpAt?.getTime()).toBe((createdAt?.getTime() ?? 0) + DAY);
  await record.update({ tries: 20 });
  await turn(id, new Date(Date.now() + 22 * HOUR), 'failed');
  expect((await record.get()).data()).toMatchObject({ state: 'due', tries: 21 });
  await turn(id, new Date(Date.now() + 23.5 * HOUR), 'failed');
  expect((await record.get()).data()).toMatchObject({ state: 'failed', dueAt: null, tries: 22 });
});

it('lets no more than a thousand wait for one that fails; what comes then is only shown', {
  timeout: 60_000,
}, async () => {
  const { id } = await newChannel();
  await db.doc(`channels/${id}`).update({ failures: 3, pausedUntil: new Date(Date.now() + HOUR) });
  const writer = db.bulkWriter({ throttling: false });
  for (let index = 0; index < 1_000; index += 1) {
    void writer.set(db.doc(`deliveries/waits-${index}-${id}`), { channelId: id, dueAt: new Date() });
  }
  await writer.close();
  const newsId = await news();
  await run();
  const record = await db.doc(`deliveries/${newsId}-${id}`).get();
  expect(record.data()).toMatchObject({ state: 'failed', dueAt: null });
});

it('sends nothing of somebody who may not use the gateway any more', async () => {
  const { id } = await newChannel();
  await news();
  const tasks: string[] = [];
  await enqueueDeliveries(service, new Date(), async ({ channelIds }) => tasks.push(...channelIds));
  await deliverNews({ ...service, allowedEmails: ['@elsewhere.example'] }, tasks);
  expect(receiver.received).toEqual([]);
  expect(await deliveries(id)).toMatchObject([{ state: 'due', tries: 0 }]);
});

it('sends no news that does not belong to the channel, whatever a record says', async () => {
  const { id } = await newChannel({ connectionId: 'mine' });
  const newsId = await news();
  await enqueueDeliveries(service, new Date(), () => Promise.resolve());
  await db.doc(`news/${newsId}`).update({ ownerUid: 'somebody-else' });
  await deliverNews(service, [id]);
  expect(receiver.received).toEqual([]);
  expect(await deliveries(id)).toMatchObject([{ state: 'failed', tries: 0 }]);
});

it('is held up neither by news nor by a channel that cannot be read', async () => {
  const broken = await newChannel();
  const { id } = await newChannel();
  await news();
  const unread = await news();
  await db.doc(`news/${unread}`).update({ order: '{}' });
  await db.doc(`channels/${broken.id}`).update({ 'target.data': 'AAAA' });
  await run();
  expect(receiver.received).toHaveLength(1);
  const states = (await deliveries(id)).map(({ state }) => state);
  expect(states.toSorted()).toEqual(['delivered', 'failed']);
});
