/** However much a page shows, it asks the gateway six times a minute by itself, and never while nobody sees it. */
import { environmentManager, focusManager, QueryObserver } from '@tanstack/react-query';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type PollEvery, pollingOf } from '../src/api/client/polling.ts';
import { newQueryClient } from '../src/api/client/query-client.ts';

const MINUTE_MS = 60_000;

// Where there is no window it takes itself for a server, which asks once.
beforeAll(() => environmentManager.setIsServer(() => false));
afterAll(() => environmentManager.setIsServer(() => true));
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  focusManager.setFocused(undefined);
  vi.useRealTimers();
});

/** A page that looks at something for each of these. */
function openPage(
  polled: readonly { pollEvery: PollEvery<boolean>; isWaitedFor?: boolean; answer: () => boolean }[],
) {
  const client = newQueryClient();
  let asked = 0;
  const of = polled.map(() => 0);
  const ends = polled.map(({ pollEvery, isWaitedFor = false, answer }, index) =>
    new QueryObserver(client, {
      queryKey: [index],
      queryFn: () => {
        asked += 1;
        of[index] = (of[index] ?? 0) + 1;
        return answer();
      },
      ...pollingOf(client.getQueryCache(), pollEvery, { isWaitedFor }),
    }).subscribe(() => {}),
  );
  return {
    /** How often it asked in this time. */
    async askedIn(ms: number): Promise<number> {
      asked = 0;
      await vi.advanceTimersByTimeAsync(ms);
      return asked;
    },
    /** How often for the first. */
    firstAsked: () => of[0] ?? 0,
    close: () => {
      for (const end of ends) end();
      client.clear();
    },
  };
}

const every = (pollEvery: number | false) => ({ pollEvery, answer: () => true });

it('asks as often as it wants to, where that is not often', async () => {
  const page = openPage([every(30_000), every(60_000), every(false)]);
  expect(await page.askedIn(10 * MINUTE_MS)).toBe(20 + 10);
  page.close();
});

it('asks six times a minute where it wants to ask more often', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 500, max: 120_000 }), { maxLength: 12 }), async (wishes) => {
      const page = openPage(wishes.map(every));
      await page.askedIn(MINUTE_MS);
      expect(await page.askedIn(60 * MINUTE_MS)).toBeLessThanOrEqual(60 * 6 + wishes.length);
      page.close();
    }),
    { numRuns: 30 },
  );
});

it('asks as often as it should for what somebody waits for, and less for all else', async () => {
  const page = openPage([
    { ...every(12_000), isWaitedFor: true },
    every(5_000),
    every(10_000),
    every(30_000),
  ]);
  await page.askedIn(MINUTE_MS);
  const before = page.firstAsked();
  expect(await page.askedIn(10 * MINUTE_MS)).toBeLessThanOrEqual(10 * 6 + 3);
  expect(page.firstAsked() - before).toBe(50);
  page.close();
});

it('asks no more often while all that it asks for fails, from the start, and as before once that is over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<(number | false)[]>(false, 5_000, 15_000, 30_000, 60_000), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.boolean(),
      async (wishes, isWaitedFor) => {
        let fails = true;
        const answer = () => {
          if (fails) throw new Error('No answer came.');
          return true;
        };
        const page = openPage([
          { pollEvery: isWaitedFor ? 20_000 : false, isWaitedFor, answer },
          ...wishes.map((pollEvery) => ({ pollEvery, answer })),
        ]);
        // All of it is asked for when the page is opened.
        expect(await page.askedIn(MINUTE_MS)).toBeLessThanOrEqual(1 + wishes.length + 6);
        expect(await page.askedIn(60 * MINUTE_MS)).toBeLessThanOrEqual(60 * 6);
        fails = false;
        await page.askedIn(10 * MINUTE_MS);
        if (wishes.includes(5_000)) expect(await page.askedIn(60 * MINUTE_MS)).toBeGreaterThan(60 * 4);
        page.close();
      },
    ),
    { numRuns: 30 },
  );
});

it('asks twice more for the one thing that failed', async () => {
  let tries = 0;
  const answer = () => {
    tries += 1;
    if (tries < 3) throw new Error('No answer came.');
    return true;
  };
  const page = openPage([{ pollEvery: false, answer }, every(60_000)]);
  await page.askedIn(MINUTE_MS / 2);
  expect(tries).toBe(3);
  page.close();
});

it('asks by what it was told, and for nothing that is settled', async () => {
  let isMoving = true;
  const page = openPage([
    { pollEvery: (moves?: boolean) => moves === true && 5_000, answer: () => isMoving },
    every(30_000),
  ]);
  await page.askedIn(MINUTE_MS);
  const moving = await page.askedIn(10 * MINUTE_MS);
  expect(moving).toBeGreaterThan(40);
  expect(moving).toBeLessThanOrEqual(62);
  isMoving = false;
  await page.askedIn(MINUTE_MS);
  const settled = await page.askedIn(10 * MINUTE_MS);
  expect(settled).toBeGreaterThanOrEqual(19);
  expect(settled).toBeLessThanOrEqual(20);
  page.close();
});

it('asks nothing while nobody sees it', async () => {
  const page = openPage([every(5_000), every(30_000)]);
  await page.askedIn(MINUTE_MS);
  focusManager.setFocused(false);
  expect(await page.askedIn(10 * MINUTE_MS)).toBe(0);
  page.close();
});
