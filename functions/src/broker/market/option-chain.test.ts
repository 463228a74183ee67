import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  day,
  type PlayedOption,
  playChain,
  series,
  strikesFrom,
  UNDERLYING,
} from '../../testing/played/played-chain.ts';
import type { PlayedIbkr, Routes } from '../../testing/played/played-ibkr.ts';
import { told } from '../../testing/told.ts';
import { getOptionChain, type OptionChainRequest } from './option-chain.ts';

const chainOf = (ibkr: PlayedIbkr, request: Partial<OptionChainRequest> = {}) =>
  getOptionChain(ibkr.connection.client(), {
    underlying: UNDERLYING,
    strikes: 2,
    rights: ['call'],
    quotes: false,
    ...request,
  });

const shown = async (ibkr: PlayedIbkr, request: Partial<OptionChainRequest> = {}) => {
  const { expiry, options } = await chainOf(ibkr, request);
  return [expiry, ...options.map(({ strike, right }) => `${strike} ${right}`)];
};

describe('an expiry', () => {
  test('has its own strikes, whatever the month has', async () => {
    const [soon, later] = ['2031-12-05', '2031-12-31'];
    const ibkr = await playChain(
      [...series(soon, strikesFrom(680, 690, 1)), ...series(later, [680, 685, 690])],
      687.4,
    );
    expect(await shown(ibkr, { expiry: later })).toEqual([later, '685 call', '690 call']);
    expect(await shown(ibkr, { expiry: later, strikes: 6 })).toEqual([
      later,
      '680 call',
      '685 call',
      '690 call',
    ]);
    expect(await chainOf(ibkr, { expiry: later, strikes: 6 })).toMatchObject({ isCut: false });
    expect(await shown(ibkr, { expiry: later, strikes: 1, rights: ['call', 'put'] })).toEqual([
      later,
      '685 call',
      '685 put',
    ]);
    expect(await shown(ibkr, { expiry: later, strikes: 1, around: 681 })).toEqual([later, '680 call']);
    expect(await shown(ibkr, { expiry: soon })).toEqual([soon, '687 call', '688 call']);
    expect(await shown(ibkr)).toEqual([soon, '687 call', '688 call']);
    expect(await shown(ibkr, { expiry: 'DEC31' })).toEqual([soon, '687 call', '688 call']);
  });

  test('that is far and sparse is found, and said to be cut when it was not looked at whole', async () => {
    const [dense, sparse] = ['2031-12-05', '2031-12-19'];
    const options = [
      ...series(dense, strikesFrom(400, 1000, 1)),
      ...series(sparse, strikesFrom(400, 1000, 50)),
    ];
    const ibkr = await playChain(options, 687);
    const chain = await chainOf(ibkr, { expiry: sparse, strikes: 4 });
    expect(chain.options.map(({ strike }) => strike)).toEqual([600, 650, 700, 750]);
    expect(chain.isCut).toBe(true);
    const asked = ibkr.asked.filter((name) => name === 'GET /iserver/secdef/info');
    expect(asked.length).toBeLessThanOrEqual(60);
    expect(await chainOf(ibkr, { expiry: dense, strikes: 4 })).toMatchObject({ isCut: false });
  });

  test('that does not exist is denied only when every strike was looked at', async () => {
    const few = await playChain(series('2031-12-05', strikesFrom(95, 105, 1)));
    await expect(chainOf(few, { expiry: '2031-12-19' })).rejects.toEqual(
      told({
        code: 'not_found',
        message:
          'IBKR lists no call options on SPY that expire on 2031-12-19. Seen were the expiries 2031-12-05.',
      }),
    );
    const many = await playChain([
      ...series('2031-12-05', strikesFrom(1, 400, 1)),
      ...series('2031-12-19', [397]),
    ]);
    await expect(chainOf(many, { expiry: '2031-12-19' })).rejects.toEqual(
      told({
        code: 'not_found',
        message: expect.stringMatching(
          /^Among the strikes that were looked at are no call options .* not all could/,
        ),
        hint: expect.stringContaining('around'),
      }),
    );
    expect(await shown(many, { expiry: '2031-12-19', around: 390 })).toEqual(['2031-12-19', '397 call']);
  });

  test('that is over is no default', async () => {
    const past = day(-2);
    const next = day(3);
    const ibkr = await playChain([
      ...series(past, strikesFrom(90, 110, 1)),
      ...series(next, strikesFrom(90, 110, 5)),
    ]);
    expect(await shown(ibkr)).toEqual([next, '95 call', '100 call']);
    expect(await chainOf(ibkr, { expiry: past })).toMatchObject({ expiry: past, hasStoppedTrading: true });
    expect(await chainOf(ibkr)).toMatchObject({ hasStoppedTrading: false });
  });

  test('of today is the default for as long as it trades', async () => {
    const today = day(0);
    const options = [
      ...series(today, strikesFrom(90, 110, 1)),
      ...series('2031-12-19', strikesFrom(90, 110, 1)),
    ];
    const hours = (closing: number): Routes => ({
      'GET /contract/trading-schedule': {
        exchange_time_zone: 'US/Eastern',
        schedules: {
          [today.replaceAll('-', '')]: {
            liquid_hours: [{ opening: closing - 23_400, closing }],
            extended_hours: [],
          },
        },
      },
    });
    const now = Math.floor(Date.now() / 1000);
    expect((await shown(await playChain(options, 100, hours(now + 600))))[0]).toBe(today);
    expect((await shown(await playChain(options, 100, hours(now - 600))))[0]).toBe('2031-12-19');
  });
});

test('a nearest month without strikes, or whose options are over, gives way to the next', async () => {
  const options = series('2031-12-19', strikesFrom(90, 110, 1));
  const search = {
    'GET /iserver/secdef/search': [
      { conid: '1', symbol: 'SPY', sections: [{ secType: 'OPT', months: 'DEC31;NOV31' }] },
    ],
  };
  expect(await shown(await playChain(options, 100, search))).toEqual(['2031-12-19', '99 call', '100 call']);
  const over = await playChain([...series(day(-40), strikesFrom(90, 110, 1)), ...options]);
  expect((await shown(over))[0]).toBe('2031-12-19');
  const refused = await playChain(options, 100, {
    ...search,
    'GET /iserver/secdef/strikes': ({ query }) =>
      query.get('month') === 'NOV31' ? { __status: 400, error: 'no month' } : { call: [100], put: [100] },
  });
  expect((await shown(refused))[0]).toBe('2031-12-19');
  await expect(chainOf(await playChain(options, 100, search), { expiry: 'NOV31' })).rejects.toEqual(
    told({
      code: 'not_found',
      message: 'IBKR lists no call options on SPY that expire in NOV31.',
    }),
  );
});

describe('another trading class', () => {
  const expiry = '2031-12-19';
  const play = () =>
    playChain([
      ...series(expiry, strikesFrom(80, 120, 1), { tradingClass: 'SPYW' }),
      ...series(expiry, strikesFrom(80, 120, 5)),
      ...series(expiry, [95, 100, 105], { tradingClass: 'SPY1', multiplier: 10 }),
    ]);

  test('is named and not mixed in', async () => {
    const chain = await chainOf(await play(), { expiry, rights: ['call', 'put'] });
    expect(chain).toMatchObject({ tradingClass: 'SPY', multiplier: 100 });
    expect(
      chain.options.map(({ strike, right, tradingClass }) => `${tradingClass} ${strike} ${right}`),
    ).toEqual([...['SPY 95 call', 'SPY 95 put', 'SPY 100 call', 'SPY 100 put']]);
    expect(chain.otherSeries).toEqual([
      { expiry, tradingClass: 'SPYW', multiplier: 100 },
      { expiry, tradingClass: 'SPY1', multiplier: 10 },
    ]);
  });

  test('is given when it is asked for', async () => {
    const chain = await chainOf(await play(), { expiry, tradingClass: 'SPYW' });
    expect(chain.options.map(({ strike, tradingClass }) => `${tradingClass} ${strike}`)).toEqual([
      'SPYW 99',
      'SPYW 100',
    ]);
    await expect(chainOf(await play(), { expiry, tradingClass: 'NONE' })).rejects.toEqual(
      told({
        code: 'not_found',
        message: expect.stringContaining('of the class NONE'),
      }),
    );
  });
});

test('what has puts alone is not said to have no options', async () => {
  const ibkr = await playChain(series('2031-12-19', [95, 100], { rights: 'P' }));
  await expect(chainOf(ibkr)).rejects.toEqual(
    told({ message: expect.stringMatching(/^IBKR lists no call options on SPY that still trade/) }),
  );
  expect(await shown(ibkr, { rights: ['put'] })).toEqual(['2031-12-19', '95 put', '100 put']);
  expect(await shown(ibkr, { rights: ['call', 'put'] })).toEqual(['2031-12-19', '95 put', '100 put']);
  const mixed = await playChain([
    ...series('2031-12-05', [95, 100, 105]),
    ...series('2031-12-19', [95, 105], { rights: 'P' }),
  ]);
  expect(await shown(mixed, { expiry: '2031-12-19', rights: ['call', 'put'] })).toEqual([
    ...['2031-12-19', '95 put', '105 put'],
  ]);
});

describe('what options there are', () => {
  const definitions = ({ asked }: PlayedIbkr) =>
    asked.filter((one) => /secdef\/(info|strikes)/.test(one)).length;

  test('is asked for once for some time', async () => {
    const ibkr = await playChain(series('2031-12-19', strikesFrom(90, 110, 1)));
    const chain = await chainOf(ibkr, { strikes: 4, rights: ['call', 'put'] });
    const before = definitions(ibkr);
    expect(await chainOf(ibkr, { strikes: 4, rights: ['call', 'put'] })).toEqual(chain);
    expect(definitions(ibkr)).toBe(before);
    expect(await shown(ibkr, { around: 108 })).toEqual(['2031-12-19', '107 call', '108 call']);
    expect(definitions(ibkr)).toBeGreaterThan(before);
  });

  test('is asked for again where there were none', async () => {
    const strikes = [99, 100, 101];
    const options = series('2031-12-19', [99, 100]);
    const ibkr = await playChain(options, 100, {
      'GET /iserver/secdef/strikes': { call: strikes, put: strikes },
    });
    expect(await shown(ibkr, { strikes: 3 })).toEqual(['2031-12-19', '99 call', '100 call']);
    options.push(...series('2031-12-19', [101]));
    expect(await shown(ibkr, { strikes: 3 })).toEqual(['2031-12-19', '99 call', '100 call', '101 call']);
  });
});

test('an option that cannot be read is told of', async () => {
  const ibkr = await playChain(series('2031-12-19', [100]), 100, {
    'GET /iserver/secdef/info': [
      { conid: 5, right: 'C', strike: 100, maturityDate: '20311219', tradingClass: 'SPY', multiplier: '100' },
      { conid: 6, right: '?', strike: 100, maturityDate: '20311219' },
    ],
  });
  const { options, unread } = await chainOf(ibkr);
  expect(options.map(({ conid }) => conid)).toEqual([5]);
  expect(unread).toMatchObject([{ at: '2', reason: expect.stringContaining('right') }]);
});

test('a strike that cannot be read is told of, and keeps no other back', async () => {
  const ibkr = await playChain(series('2031-12-19', [100]), 100, {
    'GET /iserver/secdef/strikes': { call: ['N/A', 100], put: [100] },
  });
  const { options, unread } = await chainOf(ibkr);
  expect(options.map(({ strike }) => strike)).toEqual([100]);
  expect(unread).toEqual([{ at: '1', reason: 'is no strike' }]);
});

const expiries = ['2031-12-05', '2031-12-19', '2031-12-31'] as const;
const playedSeries = fc.record({
  expiry: fc.constantFrom(...expiries),
  tradingClass: fc.constantFrom('SPY', 'SPYW'),
  strikes: fc.uniqueArray(fc.integer({ min: 60, max: 140 }), { minLength: 1, maxLength: 40 }),
});

test('the strikes are the nearest of the expiry and class, or the answer says that it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(playedSeries, {
        minLength: 1,
        maxLength: 6,
        selector: (one) => one.expiry + one.tradingClass,
      }),
      fc.constantFrom(...expiries),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 60, max: 140 }),
      async (listed, expiry, count, price) => {
        const options = listed.flatMap((one) =>
          series(one.expiry, one.strikes, { tradingClass: one.tradingClass }),
        );
        const ibkr = await playChain(options, price + 0.25);
        const asked = { expiry, strikes: count };
        const ofExpiry = options.filter((one) => one.expiry === expiry);
        const chain = await chainOf(ibkr, asked).catch((error) => error);
        if (ofExpiry.length === 0) {
          expect(chain).toMatchObject({ kind: 'not_found' });
          return;
        }
        if (chain instanceof Error) {
          expect(chain).toEqual(told({ message: expect.stringContaining('not all could be looked at') }));
          return;
        }
        const right = ofExpiry
          .filter(({ tradingClass }) => tradingClass === chain.tradingClass)
          .map(({ strike }) => strike)
          .sort((a, b) => Math.abs(a - price - 0.25) - Math.abs(b - price - 0.25))
          .slice(0, count)
          .sort((a, b) => a - b);
        expect(chain).toMatchObject({ expiry });
        expect(chain.options).toEqual(
          chain.options.filter(
            (one: PlayedOption) => one.expiry === expiry && one.tradingClass === chain.tradingClass,
          ),
        );
        if (!chain.isCut) expect(chain.options.map(({ strike }: PlayedOption) => strike)).toEqual(right);
      },
    ),
    { numRuns: 60 },
  );
});
