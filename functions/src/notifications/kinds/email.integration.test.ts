/** News by mail, from the address that is asked whether it wants any to the link that ends it. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliverNews, deliverNewsOf } from '../../jobs/news-delivery.ts';
import type { Service } from '../../service.ts';
import { findAnyChannel, setDue } from '../../store/news/channels.ts';
import { listDeliveries } from '../../store/news/deliveries.ts';
import { idToken, useConsoleOwner } from '../../testing/console/console-owner.ts';
import { askConsole } from '../../testing/console/requests.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { type MailReceiver, startMailReceiver } from '../../testing/receivers/mail-receiver.ts';
import { storeNews } from '../../testing/receivers/news-receiver.ts';
import { ORIGIN, testService } from '../../testing/service.ts';
import { takeChannelTurn } from '../channel-turn.ts';
import { fanOutOwner } from '../fan-out.ts';

const HOUR = 3_600_000;

let db: Firestore;
let receiver: MailReceiver;
let service: Service;
let ownerUid: string;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeEach(async () => {
  receiver = await startMailReceiver();
  service = testService(db, { mail: receiver });
  ownerUid = `reader-${randomUUID()}`;
});

const ask = (method: string, path: string, body?: object) =>
  askConsole(service, { method, path: `/api${path}`, bearer: idToken(ownerUid), body });
/** As a mail program does, or a page of somebody who is not signed in. */
const askUnknown = (method: string, path: string) =>
  askConsole(service, { method, path: `/api${path}`, bearer: null });
const add = () => ask('POST', '/channels', { kind: 'email', label: 'mail', address: 'me@example.com' });
const news = (type = 'order.filled', at = new Date()) =>
  storeNews(db, { ownerUid, connectionId: 'mine', type, at });
const linkIn = (body: string | undefined) => /email\/\w+\/\w+\/[\w-]{43}/.exec(body ?? '')?.[0] ?? '';
const states = async (id: string) =>
  (await listDeliveries(db, id, { limit: 100 }))?.items.map(({ state }) => state);

async function confirmed(): Promise<string> {
  const { body } = await add();
  const [, , id, token] = linkIn(receiver.received.at(-1)?.body).split('/');
  const { status } = await askUnknown('POST', `/email/confirmation/${id}/${token}`);
  expect(status).toBe(204);
  receiver.received = [];
  return body.channel.id;
}

it('sends nothing but the question until it is confirmed from there', async () => {
  const { status, body } = await add();
  expect(status).toBe(201);
  expect(body).toMatchObject({
    secret: null,
    channel: { kind: 'email', address: 'me@example.com', isUnconfirmed: true, url: null },
  });
  await news();
  await deliverNewsOf(service, ownerUid);
  expect(receiver.received).toHaveLength(1);
  expect(await states(body.channel.id)).toEqual([]);
  expect((await ask('POST', `/channels/${body.channel.id}/test`)).status).toBe(409);

  const [asked] = receiver.received;
  expect(asked?.headers.get('list-unsubscribe')).toBeUndefined();
  const [, , id = '', token = ''] = linkIn(asked?.body).split('/');
  expect(id).toBe(body.channel.id);
  expect((await askUnknown('POST', `/email/confirmation/${id}/${'x'.repeat(43)}`)).status).toBe(404);
  expect((await askUnknown('POST', `/email/confirmation/${id}/${token}`)).status).toBe(204);
  // Once.
  expect((await askUnknown('POST', `/email/confirmation/${id}/${token}`)).status).toBe(404);
  await news('order.waiting');
  await deliverNewsOf(service, ownerUid);
  expect(receiver.received.at(-1)?.headers.get('subject')).toBe('An order waits for you');
  expect(receiver.received.at(-1)?.body).toMatch(/^https:\/\/gateway\.example\/approve\/order-\d+$/m);
});

it('asks an address again when its owner wants that, by a new link, a few times a day', async () => {
  const { body } = await add();
  const before = linkIn(receiver.received[0]?.body).split('/');
  const again = () => ask('POST', `/channels/${body.channel.id}/confirmation`);
  expect((await again()).status).toBe(200);
  expect((await askUnknown('POST', `/email/confirmation/${before[2]}/${before[3]}`)).status).toBe(404);
  const answers = [];
  for (let count = 0; count < 10; count += 1) answers.push((await again()).status);
  expect(answers).toEqual([...Array(8).fill(200), 429, 429]);
  expect(receiver.received).toHaveLength(10);
  expect((await add()).status).toBe(429);
});

it('confirms nothing after three days', async () => {
  const { body } = await add();
  const past = new Date(Date.now() - 1);
  await db.doc(`channels/${body.channel.id}`).update({ 'confirmation.expiresAt': past });
  const [, , id, token] = linkIn(receiver.received[0]?.body).split('/');
  expect((await askUnknown('POST', `/email/confirmation/${id}/${token}`)).status).toBe(404);
});

it('says that no mail went, and is to be had only where there is a mail server', async () => {
  receiver.refusal = { at: 'recipient', code: 550, words: 'No such user' };
  const { status, body } = await add();
  expect(status).toBe(409);
  expect(body.error).toMatchObject({ code: 'mail_failed', message: expect.stringContaining('No such user') });
  service = testService(db, { mail: undefined });
  expect((await add()).status).toBe(409);
});

it('tells of all that is due in one mail, and of the same again under the same id', async () => {
  const id = await confirmed();
  await news();
  await news('order.refused');
  receiver.refusal = { at: 'mail', code: 451, words: 'Try later' };
  await deliverNewsOf(service, ownerUid);
  expect(await states(id)).toEqual(['due', 'due']);
  receiver.refusal = null;
  const later = () => new Date(Date.now() + HOUR);
  await takeChannelTurn({ ...service, isWelcome: async () => true, now: later }, id);
  expect(await states(id)).toEqual(['delivered', 'delivered']);
  expect(receiver.received).toHaveLength(1);
  const [mail] = receiver.received;
  expect(mail?.headers.get('subject')).toBe('2 news items');
  expect(mail?.headers.get('message-id')).toMatch(/^<[0-9a-f]{40}@example\.com>$/);
});

it('sends ten mails an hour, and what came meanwhile in one when it is over', async () => {
  const id = await confirmed();
  const begun = Date.now();
  const at = (minute: number) => new Date(begun + minute * 60_000);
  const turn = (minute: number) =>
    takeChannelTurn({ ...service, isWelcome: async () => true, now: () => at(minute) }, id);
  for (let minute = 0; minute < 15; minute += 1) {
    await news('order.filled', at(minute));
    await fanOutOwner(db, ownerUid, { now: at(minute), dueAt: at(minute) });
    await turn(minute);
  }
  expect(receiver.received).toHaveLength(10);
  const { pausedUntil } = (await findAnyChannel(db, id)) ?? {};
  expect(pausedUntil).toEqual(at(60));
  await turn(60);
  expect(receiver.received).toHaveLength(11);
  expect(receiver.received.at(-1)?.headers.get('subject')).toBe('5 news items');
  expect(new Set(await states(id))).toEqual(new Set(['delivered']));
});

describe('is ended', () => {
  it('by one request of a mail program without a sign-in, and by nobody who has not the link', async () => {
    const id = await confirmed();
    await news();
    await deliverNewsOf(service, ownerUid);
    const [mail] = receiver.received;
    expect(mail?.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    const url = new URL(mail?.headers.get('list-unsubscribe')?.slice(1, -1) ?? '');
    const path = url.pathname.replace('/api', '');
    const seen = await askUnknown('GET', path);
    expect(seen.status).toBe(302);
    expect(seen.headers.get('location')).toBe(`${ORIGIN}/${linkIn(mail?.body)}`);
    expect((await askUnknown('POST', `/email/stop/${id}/${'x'.repeat(43)}`)).status).toBe(404);
    expect(await findAnyChannel(db, id)).not.toBeNull();
    expect((await askUnknown('POST', path)).status).toBe(204);
    expect(await findAnyChannel(db, id)).toBeNull();
    expect((await askUnknown('POST', path)).status).toBe(204);
    const { body } = await ask('GET', '/audit?limit=1');
    expect(body.items).toMatchObject([{ tool: 'channel.delete' }]);
    await news();
    await deliverNewsOf(service, ownerUid);
    expect(receiver.received).toHaveLength(1);
  });

  it('where the mailbox is gone', async () => {
    const id = await confirmed();
    await news();
    receiver.refusal = { at: 'recipient', code: 550, words: 'No such user' };
    await deliverNewsOf(service, ownerUid);
    expect(await findAnyChannel(db, id)).toMatchObject({ disabledBy: 'gateway' });
    await setDue(db, [id], new Date());
    await deliverNews(service, [id]);
    expect(await states(id)).toEqual(['failed']);
  });
});
