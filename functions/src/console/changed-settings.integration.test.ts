/** Settings that several people, or several windows of one, change at the same time. */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createConnection } from '../store/connections.ts';
import { idToken, OWNER, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole } from '../testing/console/requests.ts';
import { useFirestore } from '../testing/firestore.ts';
import { storeGrant } from '../testing/oauth/grants.ts';
import { testService } from '../testing/service.ts';

let db: Firestore;

useFirestore((opened) => {
  db = opened;
});
useConsoleOwner();

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const asked = { method, path: `/api${path}`, bearer: idToken(), body, headers };
  const answer = await askConsole(testService(db), asked);
  return {
    status: answer.status,
    etag: answer.headers.get('ETag'),
    body: answer.body as Record<string, Record<string, unknown>>,
  };
}

/** Something with rules of its own: where it is changed, and what it is called in answers. */
interface Ruled {
  connectionId: string;
  path: string;
  name: 'connection' | 'key' | 'app';
  act: string;
}

async function newConnection(kind: 'sandbox' | 'gateway' = 'sandbox'): Promise<Ruled & { keyId: string }> {
  const fields = { ownerUid: OWNER.uid, kind, mode: 'paper', label: 'Mine' } as const;
  const { connection, key } = await createConnection(db, fields);
  const path = `/connections/${connection.id}`;
  return { connectionId: connection.id, keyId: key.id, path, name: 'connection', act: 'connection.change' };
}

const RULED: Record<Ruled['name'], () => Promise<Ruled>> = {
  connection: newConnection,
  key: async () => {
    const { connectionId, keyId } = await newConnection();
    return { connectionId, path: `/keys/${keyId}`, name: 'key', act: 'key.change' };
  },
  app: async () => {
    const { connectionId } = await newConnection();
    const grantId = await storeGrant(db, { ownerUid: OWNER.uid, connectionId, scope: 'write' });
    return { connectionId, path: `/apps/${grantId}`, name: 'app', act: 'app.change' };
  },
};
const EACH = Object.entries(RULED).map(([name, create]) => ({ name, create }));

async function changed({ path, name }: Ruled, body: object) {
  const answer = await call('PATCH', path, body);
  expect(answer, JSON.stringify(body)).toMatchObject({ status: 200 });
  return answer.body[name] ?? {};
}

/** As they are: a change of no limit changes nothing. */
const shown = (one: Ruled) => changed(one, { limits: {} });

const listed = z.object({ items: z.array(z.object({ tool: z.string(), arguments: z.string() })) });

/** What the activity says of its changes, the first one first. */
async function told({ connectionId, act }: Ruled): Promise<Record<string, unknown>[]> {
  const { body } = await call('GET', `/audit?connectionId=${connectionId}&tool=${act}&outcome=ok&limit=100`);
  return listed
    .parse(body)
    .items.reverse()
    .map(({ arguments: text }) => JSON.parse(text));
}

it.each(EACH)(
  'of two changes of one $name, the one from an old version changes nothing',
  async ({ create }) => {
    const one = await create();
    const { version } = await changed(one, { limits: { maxOrderValue: 9_000 } });
    await changed(one, { version, limits: { maxOrderValue: 1_000, symbols: ['AAPL'] }, approval: 'owner' });
    const late = await call('PATCH', one.path, { version, limits: { maxDailyOrders: 5 }, approval: null });
    const now = { limits: { maxOrderValue: 1_000, symbols: ['AAPL'] }, approval: 'owner', version: 3 };
    expect(late).toMatchObject({
      status: 409,
      etag: '"3"',
      body: { error: { code: 'changed_elsewhere' }, [one.name]: now },
    });
    const seen = late.body[one.name]?.version;
    expect(await changed(one, { version: seen, limits: { maxDailyOrders: 5 } })).toMatchObject({
      ...now,
      limits: { ...now.limits, maxDailyOrders: 5 },
      version: 4,
    });
  },
);

it.each(EACH)(
  'of two changes of one $name at the same instant from one version, one counts',
  async ({ create }) => {
    const one = await create();
    const bodies = [1, 2, 3, 4].map((value) => ({ version: 1, limits: { maxOrderValue: value } }));
    const answers = await Promise.all(bodies.map((body) => call('PATCH', one.path, body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    const counted = answers.findIndex(({ status }) => status === 200);
    expect(await shown(one)).toMatchObject({ limits: { maxOrderValue: counted + 1 }, version: 2 });
  },
);

it.each(EACH)('a version of a $name can stand in If-Match', async ({ create }) => {
  const one = await create();
  const patch = (value: number, tag: string, more: object = {}) =>
    call('PATCH', one.path, { limits: { maxOrderValue: value }, ...more }, { 'If-Match': tag });
  const first = await patch(1, '"1"');
  expect(first).toMatchObject({ status: 200, etag: '"2"' });
  expect(await patch(2, `W/${first.etag}`)).toMatchObject({ status: 200, etag: '"3"' });
  for (const old of ['"1"', '"2"', 'W/"2"', '"x"', '3', '']) {
    expect(await patch(3, old), old).toMatchObject({ status: 409, etag: '"3"' });
  }
  expect(await patch(3, '"3"', { version: 2 })).toMatchObject({ status: 409 });
  expect(await patch(3, '"2"', { version: 3 })).toMatchObject({ status: 409 });
  expect(await patch(3, '*')).toMatchObject({ status: 200, etag: '"4"' });
});

it.each(EACH)(
  'what a change of a $name does not name stays, and null takes a limit away',
  async ({ create }) => {
    const one = await create();
    await changed(one, { limits: { maxOrderValue: 1_000, shortSelling: false }, approval: 'owner' });
    expect(await changed(one, { limits: { maxDailyOrders: 5 } })).toMatchObject({
      limits: { maxOrderValue: 1_000, shortSelling: false, maxDailyOrders: 5 },
      approval: 'owner',
    });
    await changed(one, { approval: 'model' });
    const { limits } = await changed(one, { limits: { maxOrderValue: null, symbols: null } });
    expect(limits).toEqual({ shortSelling: false, maxDailyOrders: 5 });
    expect(await changed(one, { limits: {} })).toMatchObject({ limits, approval: 'model' });
    for (const wrong of [{ maxOrderValue: -1 }, { maximum: null }, { maxDailyOrders: 1.5 }]) {
      expect(await call('PATCH', one.path, { limits: wrong })).toMatchObject({ status: 400 });
    }
  },
);

it.each(EACH)('every change of a $name says old and new in the activity', async ({ create }) => {
  const one = await create();
  await changed(one, { limits: { maxOrderValue: 1_000, symbols: ['AAPL'] }, approval: 'owner' });
  await changed(one, { limits: { maxOrderValue: 5_000, symbols: null }, approval: 'owner' });
  await changed(one, { limits: { maxOrderValue: 5_000 }, approval: 'owner' });
  await call('PATCH', one.path, { version: 1, approval: 'none' });
  expect(await told(one)).toMatchObject([
    {
      limits: { maxOrderValue: { from: null, to: 1_000 }, symbols: { from: null, to: ['AAPL'] } },
      approval: { from: null, to: 'owner' },
    },
    { limits: { maxOrderValue: { from: 1_000, to: 5_000 }, symbols: { from: ['AAPL'], to: null } } },
  ]);
  expect((await told(one))[1]).not.toHaveProperty('approval');
});

it('says in the activity all of a long list, before and after', async () => {
  const one = await newConnection();
  const symbols = Array.from({ length: 500 }, (_, index) => `TICK${index}`);
  await changed(one, { limits: { symbols } });
  const others = symbols.map((symbol) => `${symbol}B`);
  await changed(one, { limits: { symbols: others } });
  expect(await told(one)).toMatchObject([
    { limits: { symbols: { from: null, to: symbols } } },
    { limits: { symbols: { from: symbols, to: others } } },
  ]);
});

it('keeps a stop that came while limits were being changed, and ends it only for who knows of it', async () => {
  const one = await newConnection();
  const { version } = await changed(one, { limits: { maxOrderValue: 9_000 } });
  const panic = { since: new Date(), retrying: false, remaining: 0 };
  await db.doc(one.path).update({ panic, 'limits.trading': false, version: Number(version) + 1 });
  expect(await call('PATCH', one.path, { version, limits: { trading: true } })).toMatchObject({
    status: 409,
    body: { connection: { limits: { trading: false } } },
  });
  for (const trading of [null, false]) {
    expect(await changed(one, { limits: { trading, maxDailyOrders: 5 } })).toMatchObject({
      limits: { trading: false, maxOrderValue: 9_000, maxDailyOrders: 5 },
      panic: { remaining: 0 },
    });
  }
  expect(await changed(one, { limits: { trading: true } })).toMatchObject({
    limits: { trading: true, maxOrderValue: 9_000, maxDailyOrders: 5 },
    panic: null,
  });
  expect(await told({ ...one, act: 'resume' })).toMatchObject([
    { limits: { trading: { from: false, to: true } } },
  ]);
});

/** Numbers that no other change sets, so that the activity can be put in order by them. */
let count = 0;
const FIELDS = ['maxOrderValue', 'maxDailyValue', 'maxDailyOrders', 'maxQuoteAgeSeconds'] as const;

/** An editor: which fields it changes, one change after the other, and whether it looks before each. */
const editor = fc.record({
  looks: fc.boolean(),
  pauseMs: fc.nat({ max: 5 }),
  changes: fc.array(fc.uniqueArray(fc.constantFrom(...FIELDS), { minLength: 1 }), {
    minLength: 1,
    maxLength: 4,
  }),
});

it('loses no field, whatever several editors change at the same time', async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(...EACH),
    fc.array(editor, { minLength: 2, maxLength: 4 }),
    async ({ create }, editors) => {
      const one = await create();
      const accepted: Record<string, number>[] = [];
      const edit = async ({ looks, pauseMs, changes }: (typeof editors)[number]) => {
        for (const fields of changes) {
          const limits = Object.fromEntries(fields.map((field) => [field, ++count]));
          const { version } = looks ? await shown(one) : {};
          await delay(pauseMs);
          const { status } = await call('PATCH', one.path, { ...(looks && { version }), limits });
          expect(looks ? [200, 409] : [200]).toContain(status);
          if (status === 200) accepted.push(limits);
        }
      };
      await Promise.all(editors.map(edit));
      const { limits, version } = await shown(one);
      expect(version).toBe(1 + accepted.length);
      const records = await told(one);
      expect(records).toHaveLength(accepted.length);
      for (const field of FIELDS) {
        const made = records.flatMap(
          ({ limits: of }) => (of as Record<string, { from: unknown; to: unknown }>)[field] ?? [],
        );
        const set = accepted.flatMap((change) => change[field] ?? []);
        expect(made.map(({ to }) => to).toSorted()).toEqual(set.toSorted());
        // From value to value there is one way through all the changes, and it ends at what holds.
        let value: unknown = null;
        for (const _ of made) value = made.find(({ from }) => from === value)?.to;
        expect(value ?? undefined).toBe((limits as Record<string, unknown>)[field]);
      }
    },
  );
  await fc.assert(property, { numRuns: 12 });
});

it('leaves no key of a connection that is deleted while it is made', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { connectionId, path } = await newConnection();
    const made = [1, 2, 3].map((n) => call('POST', `${path}/keys`, { label: `job ${n}` }));
    const [deleted, ...keys] = await Promise.all([call('DELETE', path), ...made]);
    expect(deleted.status).toBe(204);
    for (const { status } of keys) expect([201, 404]).toContain(status);
    const left = await db.collection('apiKeys').where('connectionId', '==', connectionId).get();
    expect(left.size).toBe(0);
  }
});
