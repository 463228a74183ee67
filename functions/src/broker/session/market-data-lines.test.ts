/** Lines are given back, so that a session never holds more than IBKR has for its user. */
import { expect, it } from 'vitest';
import { playIbkr } from '../../testing/played/played-ibkr.ts';
import { getQuotes } from '../market/market-data.ts';
import { LINES_AT_ONCE } from './market-data-lines.ts';

/** An IBKR that counts the lines of the session, and is slow when it is told so. */
async function newExchange(
  prices: object = { '31': '10', '84': '9', '86': '11', '88': '5', '85': '5', '7741': '10', '6509': 'RpB' },
) {
  const lines = new Set<number>();
  let most = 0;
  let gate: Promise<void> = Promise.resolve();
  const ibkr = await playIbkr(
    { accounts: ['DU1'] },
    {
      'GET /iserver/marketdata/snapshot': async ({ query }) => {
        const conids = (query.get('conids') ?? '').split(',').map(Number);
        for (const conid of conids) lines.add(conid);
        most = Math.max(most, lines.size);
        await gate;
        return conids.map((conid) => ({ conid, _updated: Date.now(), ...prices }));
      },
      'POST /iserver/marketdata/unsubscribe': ({ body }) => {
        const isHeld = lines.delete((body as { conid: number }).conid);
        return isHeld ? { success: true } : { __status: 500, error: 'unknown' };
      },
      'GET /iserver/marketdata/unsubscribeall': () => {
        lines.clear();
        return { unsubscribed: true };
      },
    },
  );
  const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
  return {
    lines,
    asked: (name: string) => ibkr.asked.filter((one) => one.includes(name)).length,
    most: () => most,
    close: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    quotes: (from: number, count: number, budgetMs?: number) =>
      getQuotes(ibkr.connection.client(budgetMs === undefined ? {} : { budgetMs }), range(from, count)),
  };
}

it('a few instruments are kept, and only what is more is given back', async () => {
  const { quotes, lines, asked } = await newExchange();
  for (let conid = 1; conid <= 20; conid += 1) await quotes(conid, 1);
  expect([lines.size, asked('unsubscribe')]).toEqual([20, 0]);
  await quotes(1, 1);
  await quotes(21, 1);
  expect([lines.size, asked('unsubscribe')]).toEqual([20, 1]);
  // The second is the one that nobody asked for the longest.
  expect([lines.has(1), lines.has(2), lines.has(21)]).toEqual([true, false, true]);
});

it('an option chain is given back in one call', async () => {
  const { quotes, lines, most, asked } = await newExchange();
  for (const from of [100, 200, 300]) {
    expect((await quotes(from, 41)).every(({ last }) => last === 10)).toBe(true);
    expect(lines.size).toBe(0);
  }
  expect([most(), asked('unsubscribe')]).toEqual([41, 3]);
});

it('never more are held at once, however many calls there are and however much they ask for', async () => {
  const { quotes, lines, most } = await newExchange();
  await Promise.all([quotes(1, 41), quotes(101, 41), quotes(201, 200), quotes(1, 1), quotes(500, 3)]);
  expect(most()).toBeLessThanOrEqual(LINES_AT_ONCE);
  expect(lines.size).toBeLessThanOrEqual(20);
});

it('a call that finds none free waits for one, until it has to be over', async () => {
  const { quotes, lines, close, most } = await newExchange();
  await quotes(999, 1);
  const open = close();
  const first = quotes(1, 80);
  await expect.poll(() => lines.size).toBe(80);
  await expect(quotes(101, 1, 200)).rejects.toMatchObject({ kind: 'rate_limited' });
  const second = quotes(201, 41);
  open();
  expect([(await first).length, (await second).length]).toEqual([80, 41]);
  expect(most()).toBeLessThanOrEqual(LINES_AT_ONCE);
});

it('a line that IBKR does not take back costs nobody their quotes', async () => {
  const { quotes, lines } = await newExchange();
  await quotes(1, 20);
  lines.clear();
  for (const conid of [50, 51, 52]) expect((await quotes(conid, 1))[0]).toMatchObject({ last: 10 });
});

it('what is without a bid is looked at until nothing more comes, and once while its line is kept', async () => {
  const { quotes, asked } = await newExchange({ '31': '10', '7741': '10', '6509': 'RpB' });
  const looks = async (from: number) => {
    const before = asked('snapshot');
    expect(await quotes(from, 1)).toMatchObject([{ last: 10, bid: null }]);
    return asked('snapshot') - before;
  };
  expect([await looks(1), await looks(1), await looks(2), await looks(1)]).toEqual([2, 1, 2, 1]);
  // Its line is given back for that of another.
  await quotes(3, 28);
  expect(await looks(2)).toBe(2);
});
