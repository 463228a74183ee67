/** News that reaches a channel without the schedule. */
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, expect, it } from 'vitest';
import { deliverNewsOf } from '../jobs/news-delivery.ts';
import { handleMcp } from '../mcp/handler.ts';
import { newWebhookTarget } from '../notifications/kinds/webhook.ts';
import type { Service } from '../service.ts';
import { createChannel } from '../store/news/channels.ts';
import { newSandboxConnection, type OwnedSandbox } from '../testing/access.ts';
import { useConsoleOwner } from '../testing/console/console-owner.ts';
import { type NewsReceiver, startNewsReceiver, storeNews } from '../testing/receivers/news-receiver.ts';
import { simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { ADDRESS, ORIGIN, testService } from '../testing/service.ts';

let db: Firestore;
let receiver: NewsReceiver;
/** To whom a task was given. */
let given: string[];

useServers((opened) => {
  db = opened;
});
useConsoleOwner();
beforeEach(async () => {
  receiver = await startNewsReceiver();
  given = [];
});

/** Whose tasks do their work at once. */
function service(more: Partial<Service> = {}): Service {
  const made: Service = testService(db, {
    simulatorUrl: simulatorUrl(),
    enqueueNewsOf: async (ownerUid) => {
      given.push(ownerUid);
      await deliverNewsOf(made, ownerUid);
    },
    ...more,
  });
  return made;
}

function addWebhook(ownerUid: string) {
  const fields = { ownerUid, kind: 'webhook', label: 'script', connectionId: null, types: null } as const;
  return createChannel(db, testService(db).vault, fields, newWebhookTarget(receiver.url));
}

async function placeOrder({ apiKey, connection }: OwnedSandbox, by = service()): Promise<string> {
  await db.doc(`connections/${connection.id}`).update({ approval: 'owner' });
  const args = { symbol: 'NVDA', side: 'BUY', order_type: 'MKT', quantity: 1 };
  const params = { name: 'place_order', arguments: args };
  const headers = {
    Authorization: `Bearer ${apiKey}`,
    'Content-Type': 'application/json',
    Host: new URL(ORIGIN).host,
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const answer = await handleMcp(
    new Request(`${ORIGIN}/mcp`, { method: 'POST', headers, body }),
    by,
    ADDRESS,
  );
  return answer.text();
}

const told = () => receiver.received.map(({ body }) => JSON.parse(body));

it('tells of an order that waits before the call is answered', async () => {
  const owned = await newSandboxConnection(db);
  await addWebhook(owned.uid);
  expect(await placeOrder(owned)).toContain('approval_url');
  expect(told()).toMatchObject([{ type: 'order.waiting', connectionId: owned.connection.id }]);
});

it('tells of a connection that is younger than the channel', async () => {
  const { uid } = await newSandboxConnection(db);
  await addWebhook(uid);
  const later = await newSandboxConnection(db, { ownerUid: uid });
  expect(later.connection.hasChannels).toBe(true);
  await placeOrder(later);
  expect(told()).toMatchObject([{ connectionId: later.connection.id }]);
});

it('gives nobody to a task who has no channel', async () => {
  const owned = await newSandboxConnection(db);
  await addWebhook((await newSandboxConnection(db)).uid);
  await placeOrder(owned);
  expect(given).toEqual([]);
});

it('leaves to the schedule what the queue does not take, and answers all the same', async () => {
  const owned = await newSandboxConnection(db);
  await addWebhook(owned.uid);
  const broken = service({ enqueueNewsOf: () => Promise.reject(new Error('no queue')) });
  expect(await placeOrder(owned, broken)).toContain('approval_url');
  expect(told()).toEqual([]);
  await deliverNewsOf(broken, owned.uid);
  expect(told()).toMatchObject([{ type: 'order.waiting' }]);
});

it('puts the news of that owner on its way alone, once, however many tasks there are', async () => {
  const [owned, other] = [await newSandboxConnection(db), await newSandboxConnection(db)];
  await Promise.all([addWebhook(owned.uid), addWebhook(other.uid)]);
  const own = await storeNews(db, { ownerUid: owned.uid, connectionId: owned.connection.id });
  const others = await storeNews(db, { ownerUid: other.uid, connectionId: other.connection.id });
  await Promise.all([1, 2, 3].map(() => deliverNewsOf(service(), owned.uid)));
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([own]);
  const due = async (id: string) => (await db.doc(`news/${id}`).get()).get('dueAt') !== undefined;
  expect([await due(own), await due(others)]).toEqual([false, true]);
});
