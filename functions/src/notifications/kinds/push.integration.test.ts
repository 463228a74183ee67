/** News that goes to a browser by a push service of the test's own. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import type { PushMessage } from '../../contract/news/push-message.ts';
import { deliverNewsOf } from '../../jobs/news-delivery.ts';
import { createChannel, findChannel } from '../../store/news/channels.ts';
import { pushKeys } from '../../store/news/push-keys.ts';
import { Vault } from '../../store/vault/vault.ts';
import { scheduledActs } from '../../testing/audit.ts';
import { useConsoleOwner } from '../../testing/console/console-owner.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { type NewsReceiver, startNewsReceiver, storeNews } from '../../testing/receivers/news-receiver.ts';
import { subscribedBrowser, vapidClaims } from '../../testing/receivers/subscribed-browser.ts';
import { ORIGIN, testService } from '../../testing/service.ts';
import { deploymentPushKeys, push } from './push.ts';

let db: Firestore;
let receiver: NewsReceiver;
let ownerUid: string;
const browser = subscribedBrowser();

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeEach(async () => {
  receiver = await startNewsReceiver();
  receiver.answer = (response) => response.writeHead(201).end();
  ownerUid = `told-${randomUUID()}`;
});

function subscribe(showsDetails = false) {
  const fields = { ownerUid, kind: 'push', label: 'phone', connectionId: null, types: null } as const;
  const target = { ...browser.subscription(receiver.url), showsDetails };
  return createChannel(db, testService(db).vault, fields, target);
}

/** What the browser is told of one piece of news, and what its push service sees of it. */
async function tell(type: string) {
  const newsId = await storeNews(db, { ownerUid, connectionId: 'mine', type });
  await deliverNewsOf(testService(db), ownerUid);
  const received = receiver.received.at(-1);
  if (received === undefined) {
    const { docs } = await db.collection('deliveries').where('ownerUid', '==', ownerUid).get();
    throw new Error(`Nothing was sent: ${JSON.stringify(docs.map((delivery) => delivery.get('attempts')))}`);
  }
  return { newsId, received, told: browser.read(received.bytes) as PushMessage };
}

it('tells that an order waits and nothing of it, readable in that browser alone', async () => {
  await subscribe();
  const { newsId, received, told } = await tell('order.waiting');
  expect(told).toEqual({
    id: newsId,
    title: 'An order waits for you',
    body: '',
    path: expect.stringMatching(/^\/approve\/order-\d+$/),
    isWaiting: true,
    waitingOrders: 0,
  });
  expect(received.body).not.toMatch(/order|approve/);
  expect(received.headers).toMatchObject({
    ttl: '900',
    urgency: 'high',
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
  });
  expect(() => subscribedBrowser().read(received.bytes)).toThrow();
});

it('says how many of the person’s orders wait', async () => {
  await subscribe();
  const states = ['awaiting_approval', 'needs_reply', 'filled', 'rejected'];
  for (const state of states) await db.collection('orderIntents').add({ ownerUid, state });
  await db.collection('orderIntents').add({ ownerUid: randomUUID(), state: 'awaiting_approval' });
  expect((await tell('order.filled')).told.waitingOrders).toBe(2);
});

it('tells what the order is where the person chose so', async () => {
  await subscribe(true);
  const waiting = await tell('order.waiting');
  expect(waiting.told.body).toContain('NVDA');
  const filled = await tell('order.filled');
  expect(filled.told).toMatchObject({ title: 'An order has filled', isWaiting: false });
  expect(filled.told.body).toMatch(/^Filled: 2 at 99.5\n.*NVDA/);
  expect(filled.received.headers).toMatchObject({ ttl: '86400', urgency: 'normal' });
});

it('says who sends it by one key for all of a deployment, kept sealed', async () => {
  await subscribe();
  const { received } = await tell('order.waiting');
  const { publicKey, claims } = vapidClaims(received);
  const service = testService(db);
  expect(await deploymentPushKeys(service)).toMatchObject({ publicKey });
  expect(claims).toMatchObject({ aud: new URL(receiver.url).origin, sub: 'https://ibkr-gateway.invalid' });
  const record = JSON.stringify((await db.doc('deployment/pushKeys').get()).data());
  expect(record).not.toContain((await deploymentPushKeys(service)).privateKey);
  // Another instance, which has it in no memory.
  const elsewhere = new Proxy(db, {});
  const made = () => Promise.reject(new Error('A second pair was made.'));
  expect(await pushKeys(elsewhere, service.vault, made)).toMatchObject({ publicKey });
  await expect(pushKeys(new Proxy(db, {}), new Vault(`other:${'A'.repeat(43)}=`), made)).rejects.toThrow();
});

it.each([404, 410])('forgets a browser whose push service answers %i', async (status) => {
  const { id } = await subscribe();
  receiver.answer = (response) => response.writeHead(status).end();
  await tell('order.filled');
  expect(await findChannel(db, ownerUid, id)).toBeNull();
  expect((await db.collection('deliveries').where('channelId', '==', id).get()).size).toBe(0);
  expect(await scheduledActs(db, '', ownerUid)).toMatchObject([
    { act: 'channel.disable', args: { label: 'phone', kind: 'push' } },
  ]);
});

it.each([429, 500, 301])('keeps one whose push service answers %i', async (status) => {
  const { id } = await subscribe();
  receiver.answer = (response) =>
    response.writeHead(status, { 'Retry-After': '120', Location: receiver.url }).end();
  await tell('order.filled');
  expect(receiver.received).toHaveLength(1);
  expect(await findChannel(db, ownerUid, id)).toMatchObject({ failures: 1, disabledAt: null });
});

it('asks nobody inside, even where such an address was let in once', async () => {
  const outbound = { ...testService(db), localMode: false, publicOrigin: ORIGIN };
  const to = { ...browser.subscription(receiver.url), showsDetails: false };
  const message = { id: 'one', type: 'test', at: new Date().toISOString() } as const;
  expect(await push.send(to, message, outbound, { id: 'channel', ownerUid })).toMatchObject({
    outcome: 'failed',
    status: null,
  });
  expect(receiver.received).toEqual([]);
});
