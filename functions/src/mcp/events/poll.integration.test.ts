/** What apps are told that ask for the events of their connection. */
import fc from 'fast-check';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Service } from '../../service.ts';
import { newSandboxConnection, type OwnedSandbox } from '../../testing/access.ts';
import { useConsoleOwner } from '../../testing/console/console-owner.ts';
import { useFirestore } from '../../testing/firestore.ts';
import { askEvents } from '../../testing/hosts/events-host.ts';
import { storeNews } from '../../testing/receivers/news-receiver.ts';
import { testService } from '../../testing/service.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let db: Firestore;
let service: Service;
let owned: OwnedSandbox;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();
beforeAll(() => {
  service = testService(db);
});
beforeEach(async () => {
  owned = await newSandboxConnection(db);
});

function ask(method: string, params: object = {}, { apiKey } = owned) {
  return askEvents(service, apiKey, method, params);
}

async function poll(cursor: string | null, more: object = {}) {
  const { result, error } = await ask('events/poll', { name: 'order.filled', cursor, ...more });
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

const news = ({ uid, connection }: OwnedSandbox = owned, more: { type?: string; at?: Date } = {}) =>
  storeNews(db, { ownerUid: uid, connectionId: connection.id, ...more });

const idsOf = (polled: { events: { eventId: string }[] }) => polled.events.map(({ eventId }) => eventId);

/** A cursor as a client has it that was away: of so long ago. */
function agedCursor(cursor: string, ms: number): string {
  const position = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  return Buffer.from(JSON.stringify({ ...position, p: position.p - ms })).toString('base64url');
}

it('says that it has events, and which', async () => {
  const { result } = await ask('server/discover');
  expect(result.capabilities).toMatchObject({
    events: {},
    extensions: { 'io.modelcontextprotocol/events': {} },
  });
  const { events } = (await ask('events/list')).result;
  expect(events.map(({ name }: { name: string }) => name)).toEqual([
    'order.waiting',
    'order.filled',
    'order.partly_filled',
    'order.refused',
    'order.unknown',
    'session.needs_person',
    'session.restored',
    'trading.stopped',
    'price.crossed',
  ]);
  expect(events[1]).toMatchObject({
    inputSchema: { type: 'object' },
    payloadSchema: { type: 'object', properties: { intentId: { type: 'string' } } },
  });
});

it('tells what happens after the first question, once each, whatever came before', async () => {
  await news();
  const begun = await poll(null);
  expect(begun).toMatchObject({ events: [], truncated: false, hasMore: false });
  const id = await news();
  await news(owned, { type: 'order.refused' });
  const told = await poll(begun.cursor);
  expect(told.events).toEqual([
    {
      eventId: id,
      name: 'order.filled',
      timestamp: expect.any(String),
      data: expect.objectContaining({ id, type: 'order.filled', filledQuantity: 2 }),
    },
  ]);
  expect(JSON.stringify(told)).not.toContain('DU1234567');
  expect(idsOf(await poll(told.cursor))).toEqual([]);
  expect(idsOf(await poll(begun.cursor))).toEqual([id]);
});

it('tells of what was written late, though it happened before', async () => {
  const { cursor } = await poll((await poll(null)).cursor);
  const late = await news(owned, { at: new Date(Date.now() - MINUTE) });
  const told = await poll(cursor);
  expect(idsOf(told)).toEqual([late]);
  expect(idsOf(await poll(told.cursor))).toEqual([]);
});

it('tells nothing again because much came late that happened before it', async () => {
  const { cursor } = await poll(null);
  const first = await news();
  const told = await poll(cursor);
  expect(idsOf(told)).toEqual([first]);
  const at = new Date(Date.now() - MINUTE);
  const late = await Promise.all([1, 2, 3, 4].map(() => news(owned, { at })));
  const rest: string[] = [];
  for (let next = told; next.hasMore !== false || rest.length === 0; ) {
    next = await poll(next.cursor, { maxEvents: 1 });
    rest.push(...idsOf(next));
  }
  expect(rest.toSorted()).toEqual(late.toSorted());
});

it('tells nobody of another connection, of the same owner or of another', async () => {
  const sibling = await newSandboxConnection(db, { ownerUid: owned.uid });
  const stranger = await newSandboxConnection(db);
  const { cursor } = await poll(null);
  await Promise.all([news(sibling), news(stranger)]);
  await storeNews(db, { ownerUid: stranger.uid, connectionId: owned.connection.id });
  expect(idsOf(await poll(cursor))).toEqual([]);
  const foreign = (await ask('events/poll', { name: 'order.filled' }, sibling)).result.cursor;
  await expect(poll(foreign)).rejects.toThrow('-32602');
});

it.each([
  ['a cursor that is none', { cursor: 'abc' }, -32_602],
  ['a cursor that is too long', { cursor: 'A'.repeat(20_000) }, -32_602],
  ['arguments, which no event has', { arguments: { symbol: 'NVDA' } }, -32_602],
  ['an event that there is not', { name: 'order.imagined' }, -32_011],
  ['an event that is no own one', { name: 'constructor' }, -32_011],
  ['no number of events', { maxEvents: 0 }, -32_602],
])('refuses %s', async (_, params, code) => {
  const { error } = await ask('events/poll', { name: 'order.filled', ...params });
  expect(error).toMatchObject({ code });
});

it('refuses the cursor of another event', async () => {
  const { cursor } = await poll(null);
  const { error } = await ask('events/poll', { name: 'order.refused', cursor });
  expect(error).toMatchObject({ code: -32_602, message: expect.stringContaining('cursor null') });
});

it('says that some may have been skipped where the cursor is older than news is kept, or than is asked for', async () => {
  const { cursor } = await poll(null);
  const old = await news(owned, { at: new Date(Date.now() - 2 * DAY) });
  const recent = await news();
  const whole = await poll(agedCursor(cursor, 3 * DAY));
  expect([idsOf(whole), whole.truncated]).toEqual([[old, recent], false]);
  const lately = await poll(agedCursor(cursor, 3 * DAY), { maxAgeMs: DAY });
  expect([idsOf(lately), lately.truncated]).toEqual([[recent], true]);
  const stale = await poll(agedCursor(cursor, 31 * DAY));
  expect([idsOf(stale), stale.truncated]).toEqual([[old, recent], true]);
  expect(await poll(stale.cursor)).toMatchObject({ events: [], truncated: false });
});

it('tells all of it in pages, once each, in the order in which it happened', async () => {
  const { cursor } = await poll(null);
  const now = Date.now();
  const pages = fc.record({
    offsets: fc.array(fc.integer({ min: -60, max: 600 }), { maxLength: 12 }),
    maxEvents: fc.integer({ min: 1, max: 5 }),
  });
  const property = fc.asyncProperty(pages, async ({ offsets, maxEvents }) => {
    const other = await newSandboxConnection(db);
    const begun = (await ask('events/poll', { name: 'order.filled' }, other)).result.cursor;
    expect(begun).not.toBe(cursor);
    const written = await Promise.all(
      offsets.map(async (offset) => {
        const at = new Date(now + offset * 100);
        return { id: await news(other, { at }), at };
      }),
    );
    const told: string[] = [];
    const times: string[] = [];
    for (let at: string = begun, hasMore = true; hasMore; ) {
      const params = { name: 'order.filled', cursor: at, maxEvents };
      const { result } = await ask('events/poll', params, other);
      expect(result.events.length).toBeLessThanOrEqual(maxEvents);
      told.push(...idsOf(result));
      times.push(...result.events.map(({ timestamp }: { timestamp: string }) => timestamp));
      at = result.cursor;
      hasMore = result.hasMore;
    }
    expect(told.toSorted()).toEqual(written.map(({ id }) => id).toSorted());
    expect(times).toEqual(times.toSorted());
  });
  await fc.assert(property, { numRuns: 15 });
});

it('goes on behind news that is not understood any more', async () => {
  const { cursor } = await poll(null);
  const unreadable = await news();
  await db.doc(`news/${unreadable}`).update({ order: 'of another version' });
  const id = await news();
  const first = await poll(cursor, { maxEvents: 1 });
  expect(first).toMatchObject({ events: [], hasMore: true });
  expect(idsOf(await poll(first.cursor, { maxEvents: 1 }))).toEqual([id]);
});

it('writes a record of what was told, and none of what was not', async () => {
  const { cursor } = await poll(null);
  await news();
  await poll(cursor);
  const { docs } = await db.collection('audit').where('ownerUid', '==', owned.uid).get();
  expect(docs.map((record) => [record.get('tool'), record.get('arguments')])).toEqual([
    ['events/poll', '{"name":"order.filled","events":1}'],
  ]);
});
