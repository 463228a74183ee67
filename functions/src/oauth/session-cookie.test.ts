import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SealingKey } from './provider/keys.ts';
import { type BegunInteraction, readInteractions, sessionCookie } from './session-cookie.ts';

const now = new Date();
const until = now.getTime() + 600_000;
const key = (kid: string): SealingKey => ({ kid, bytes: randomBytes(32) });
const [first, second] = [key('first'), key('second')];

async function roundTrip(
  interactions: BegunInteraction[],
  change: (cookie: string) => string = (cookie) => cookie,
  keys: SealingKey[] = [first],
) {
  const set = await sessionCookie(interactions, [first], { secure: true, now });
  const cookie = change(set.split(';')[0] ?? '');
  const request = new Request('https://gateway.example/', {
    headers: { Cookie: `other=1; ${cookie}; more=2` },
  });
  return readInteractions(request, keys, now);
}

it('brings back what a browser began', async () => {
  const begun = [{ uid: 'one', until }];
  expect(await roundTrip(begun)).toEqual(begun);
});

it('outlives the key that sealed it for as long as the ring has that', async () => {
  const begun = [{ uid: 'one', until }];
  expect(await roundTrip(begun, undefined, [second, first])).toEqual(begun);
  expect(await roundTrip(begun, undefined, [second])).toEqual([]);
});

it.each([
  ['changed', (cookie: string) => `${cookie.slice(0, -5)}AAAAA`],
  ['cut off', (cookie: string) => cookie.slice(0, 60)],
  ['of another make', () => '__session=eyJhbGciOiJub25lIn0.e30.'],
  ['empty', () => '__session='],
  ['missing', () => 'unrelated=1'],
])('is worth nothing when %s', async (_, change) => {
  expect(await roundTrip([{ uid: 'one', until }], change)).toEqual([]);
});

it('is found behind others of its name', async () => {
  const begun = [{ uid: 'one', until }];
  expect(await roundTrip(begun, (cookie) => `__session=junk; __session; ${cookie}`)).toEqual(begun);
});

it('forgets what is over', async () => {
  expect(
    await roundTrip([
      { uid: 'old', until: now.getTime() },
      { uid: 'new', until },
    ]),
  ).toEqual([{ uid: 'new', until }]);
});

it('keeps the newest few, within what Hosting passes on', async () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ uid: randomUUID(), until: until + index }));
  expect(await roundTrip(many)).toEqual(many.reverse().slice(0, 10));
  expect((await sessionCookie(many, [first], { secure: true, now })).length).toBeLessThan(3_500);
});

it('is for us alone, and gone with the last request', async () => {
  expect(await sessionCookie([{ uid: 'one', until }], [first], { secure: true, now })).toMatch(
    /^__session=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(await sessionCookie([], [first], { secure: false, now })).toBe(
    '__session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax',
  );
});
