/** `GET /api/audit` and `/api/audit/usage`: the right one of many calls is found, and what was called is counted. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { type Call, callList, usage } from '../contract/audit.ts';
import { auditStorage } from '../testing/audit.ts';
import { idToken, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { useFirestore } from '../testing/firestore.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;
useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

const START = Date.UTC(2026, 10, 2, 12);
const MINUTE_MS = 60_000;

/** A record as it is stored, without its place in a chain: these are many. */
interface StoredRecord {
  at: Date;
  tool: string;
  arguments: string;
  outcome: 'ok' | 'error' | 'begun';
  milliseconds: number;
  credentialId: string;
  intentId: string | null;
  begunId: string | null;
}

async function store(ownerUid: string, records: readonly (Partial<StoredRecord> & { at: Date })[]) {
  for (let from = 0; from < records.length; from += 400) {
    const batch = db.batch();
    for (const record of records.slice(from, from + 400)) {
      batch.create(db.doc(`audit/${randomUUID()}`), {
        ownerUid,
        connectionId: 'c',
        connectionKind: 'sandbox',
        source: 'api_key',
        credentialId: 'key',
        credentialLabel: 'job',
        clientName: 'bot',
        clientVersion: '1',
        scope: 'write',
        address: '203.0.113.7',
        requestId: 'r',
        tool: 'get_quote',
        arguments: '{"symbol":"NVDA"}',
        outcome: 'ok',
        begunId: null,
        errorCode: null,
        errorMessage: null,
        intentId: null,
        milliseconds: 10,
        upstreamCalls: 1,
        ...record,
      });
    }
    await batch.commit();
  }
}

function ask(uid: string, path: string, query: Record<string, string | number>) {
  const parameters = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const service = testService(db, { vault: auditStorage(db).vault });
  return askConsole(service, { method: 'GET', path: `/api${path}?${parameters}`, bearer: idToken(uid) });
}

/** All pages, and how many records were read to find what is in them. */
async function readAll(uid: string, query: Record<string, string | number>) {
  const items: Call[] = [];
  let searched = 0;
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const page = callList.parse((await ask(uid, '/audit', { ...query, ...(cursor && { cursor }) })).body);
    items.push(...page.items);
    searched += page.searched?.calls ?? 0;
    cursor = page.nextCursor;
  }
  return { items, searched, pages };
}

it('finds the right one of 10,000 calls of an hour, and says how far it looked', async () => {
  const uid = randomUUID();
  const at = (n: number) => new Date(START + n * 360);
  const calls = Array.from({ length: 10_000 }, (_, n) => ({
    at: at(n),
    tool: n % 2 ? 'get_quote' : 'get_cash',
    milliseconds: (n * 7) % 1_000,
  }));
  const special = {
    at: at(1_234),
    milliseconds: 638,
    tool: 'place_order',
    arguments: '{"symbol":"ABBN","quantity":7}',
  };
  await store(uid, [...calls.toSpliced(1_234, 1), special]);
  const hour = { since: new Date(START).toISOString(), until: at(10_000).toISOString() };

  const found = await readAll(uid, { ...hour, text: 'abbn PLACE_' });
  expect(found.items).toMatchObject([{ tool: 'place_order', at: at(1_234).toISOString() }]);
  expect(found.searched).toBe(10_000);
  expect(found.pages).toBeGreaterThan(1);
  const first = callList.parse((await ask(uid, '/audit', { ...hour, text: 'abbn' })).body);
  expect(first).toMatchObject({ items: [], searched: { calls: 2_000, since: at(8_000).toISOString() } });
  expect(first.nextCursor).not.toBeNull();

  const minutes = { since: at(1_200).toISOString(), until: at(1_300).toISOString() };
  expect(await readAll(uid, { ...minutes, text: 'abbn' })).toMatchObject({ searched: 100, pages: 1 });
  const indexed = await readAll(uid, { ...hour, tool: 'place_order' });
  expect(indexed).toMatchObject({ items: [{ tool: 'place_order' }], searched: 0, pages: 1 });

  const used = usage.parse((await ask(uid, '/audit/usage', hour)).body);
  expect(used).toMatchObject({ slotSeconds: 120, isWhole: true });
  expect(used.slots).toHaveLength(30);
  expect(used.slots.reduce((sum, { calls }) => sum + calls, 0)).toBe(10_000);
  expect(used.tools.map(({ tool, calls }) => [tool, calls])).toEqual([
    ['get_quote', 5_000],
    ['get_cash', 4_999],
    ['place_order', 1],
  ]);
  // Each of 0 to 999 ten times.
  expect(used.apps).toEqual([
    { credentialId: 'key', label: 'job', calls: 10_000, errors: 0, p50: 499, p95: 949 },
  ]);

  const day = { since: new Date(START - 12 * 60 * MINUTE_MS).toISOString(), until: at(10_000).toISOString() };
  const sampled = usage.parse((await ask(uid, '/audit/usage', day)).body);
  expect(sampled).toMatchObject({ isWhole: false, sampledPerSlot: 400, apps: [{ calls: 10_000 }] });
  expect(sampled.slots.reduce((sum, { calls }) => sum + calls, 0)).toBe(10_000);
});

it('pages through what is searched as through a list of it, whatever the size of a page', async () => {
  const uid = randomUUID();
  const records = Array.from({ length: 60 }, (_, n) => ({
    at: new Date(START + n * MINUTE_MS),
    milliseconds: n * 100,
    arguments: JSON.stringify({ symbol: n % 3 === 0 ? 'NVDA' : 'AAPL' }),
  }));
  await store(uid, records);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom('nvda', 'aapl', 'get_quote', 'bot job', 'none'),
      fc.integer({ min: 0, max: 6_000 }),
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })),
      async (limit, text, slowerThan, [from, to]) => {
        const [since, until] = [from, to].map((n) => new Date(START + n * MINUTE_MS));
        const asked = { limit, text, slowerThan, since: since?.toISOString(), until: until?.toISOString() };
        const { items } = await readAll(uid, asked as Record<string, string | number>);
        const words = text.split(' ');
        const expected = records
          .filter(({ milliseconds, arguments: args, at }) => {
            const all = `get_quote bot job ${args}`.toLowerCase();
            const isIn = since !== undefined && until !== undefined && at >= since && at < until;
            return isIn && milliseconds >= slowerThan && words.every((word) => all.includes(word));
          })
          .map(({ at }) => at.toISOString())
          .reverse();
        expect(items.map(({ at }) => at)).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});

it('lists the calls about an order', async () => {
  const uid = randomUUID();
  await store(uid, [
    { at: new Date(START), tool: 'place_order', intentId: 'one' },
    { at: new Date(START + 1), tool: 'place_order', intentId: 'other' },
    { at: new Date(START + 2), tool: 'cancel_order', intentId: 'one' },
  ]);
  const { items } = await readAll(uid, { order: 'one' });
  expect(items.map(({ tool }) => tool)).toEqual(['cancel_order', 'place_order']);
});

it('counts calls and failures, and tells durations, of every hour of a day', async () => {
  const uid = randomUUID();
  const hour = (n: number) => new Date(START + n * 60 * MINUTE_MS);
  await store(uid, [
    ...Array.from({ length: 100 }, (_, n) => ({ at: hour(0), milliseconds: n + 1 })),
    { at: hour(1), outcome: 'error', tool: 'get_cash', milliseconds: 7, credentialId: 'app' },
    // Of a call that has another record of its end.
    { at: hour(1), outcome: 'begun', tool: 'place_order' },
    { at: hour(24), tool: 'later' },
  ]);
  const asked = { since: hour(0).toISOString(), until: hour(24).toISOString() };
  const used = usage.parse((await ask(uid, '/audit/usage', asked)).body);
  expect(used).toMatchObject({ slotSeconds: 3600, isWhole: true });
  expect(used.slots).toHaveLength(24);
  expect(used.slots.slice(0, 3)).toEqual([
    { at: hour(0).toISOString(), calls: 100, errors: 0, p50: 50, p95: 95 },
    { at: hour(1).toISOString(), calls: 1, errors: 1, p50: 7, p95: 7 },
    { at: hour(2).toISOString(), calls: 0, errors: 0, p50: null, p95: null },
  ]);
  expect(used.tools.map(({ tool, calls, errors }) => [tool, calls, errors])).toEqual([
    ['get_quote', 100, 0],
    ['get_cash', 1, 1],
  ]);
  expect(used.apps.map(({ credentialId }) => credentialId)).toEqual(['key', 'app']);
  const ofApp = usage.parse((await ask(uid, '/audit/usage', { ...asked, app: 'app' })).body);
  expect(ofApp.tools.map(({ tool }) => tool)).toEqual(['get_cash']);
  const ofStranger = usage.parse((await ask(randomUUID(), '/audit/usage', asked)).body);
  expect(ofStranger).toMatchObject({ tools: [], apps: [] });
});

it('refuses a range that is none', async () => {
  const [early, late] = [new Date(START).toISOString(), new Date(START + 1).toISOString()];
  for (const query of [
    { since: late, until: early },
    { since: 'yesterday' },
    { since: '0000-01-01T00:00:00Z' },
    { until: '9999-12-31T23:59:59-12:00' },
  ]) {
    const refused = await ask(randomUUID(), '/audit/usage', query as Record<string, string>);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'invalid_query' } } });
  }
});
