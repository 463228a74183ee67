import { describe, expect, test } from 'vitest';
import { newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { told } from '../../testing/told.ts';
import { resolveContract } from '../contracts/contract-resolution.ts';
import { checkPeriodAndBar, getHistory } from './history.ts';
import { getQuotes, quoteOf, snapshotSchema } from './market-data.ts';
import { getOptionChain } from './option-chain.ts';

useSimulator();

const AAPL = 265598;
const NVDA = 4815747;

test('quotes are there although the first answer of IBKR is empty', async () => {
  const sandbox = newSandbox();
  const quotes = await getQuotes(sandbox.client(), [NVDA, AAPL, NVDA]);
  expect(quotes.map(({ conid }) => conid)).toEqual([NVDA, AAPL, NVDA]);
  for (const quote of quotes) {
    expect(quote).toMatchObject({ halted: false, lastIsPreviousClose: false, availability: 'realtime' });
    for (const field of ['last', 'bid', 'ask', 'previousClose', 'volume', 'open'] as const) {
      expect(quote[field]).toBeGreaterThan(0);
    }
    expect(Date.parse(quote.asOf ?? '')).toBeGreaterThan(0);
  }
});

test('a halt is seen, and a price with a thousands comma is the whole price', () => {
  const rows = [
    { conid: AAPL, '31': 'H1,168.42', '6509': 'RpB', '84': '1,168.40' },
    { conid: NVDA, '31': 'C168.42', '6509': 'Zi' },
    { conid: 1, '6509': 'N' },
    { conid: 2 },
  ];
  expect(snapshotSchema.parse(rows).rows.map((row) => quoteOf(row))).toMatchObject([
    { last: 1168.42, bid: 1168.4, halted: true, availability: 'realtime' },
    { last: 168.42, lastIsPreviousClose: true, availability: 'frozen' },
    { last: null, availability: 'not_subscribed' },
    { last: null, bid: null, availability: 'unknown' },
  ]);
});

test('a conid IBKR has no data for is all null', async () => {
  const quotes = await getQuotes(newSandbox().client(), [AAPL, 999_999_999]);
  expect(quotes[0]?.last).toBeGreaterThan(0);
  expect(quotes[1]).toMatchObject({ conid: 999_999_999, last: null, bid: null, availability: 'unknown' });
});

describe('history', () => {
  test('bars are in order and hold together', async () => {
    const { bars, period, bar, truncated } = await getHistory(newSandbox().client(), {
      conid: AAPL,
      period: '1m',
      bar: '1d',
    });
    expect({ period, bar, truncated }).toEqual({ period: '1m', bar: '1d', truncated: false });
    expect(bars.length).toBeGreaterThan(15);
    expect(bars.map(({ time }) => time)).toEqual(bars.map(({ time }) => time).sort());
    for (const { open, high, low, close } of bars) {
      expect(Math.max(open, close)).toBeLessThanOrEqual(high);
      expect(Math.min(open, close)).toBeGreaterThanOrEqual(low);
    }
  });

  test('endTime is the end of the window', async () => {
    const endTime = '2026-04-02T20:00:00Z';
    const { bars } = await getHistory(newSandbox().client(), {
      conid: AAPL,
      period: '1d',
      bar: '1h',
      endTime,
    });
    expect(bars.length).toBeGreaterThan(0);
    for (const { time } of bars) expect(Date.parse(time)).toBeLessThan(Date.parse(endTime));
  });

  test.each([
    ['1d', undefined, '1min'],
    ['1w', undefined, '15min'],
    ['3m', undefined, '1d'],
    ['3y', undefined, '1w'],
    ['6m', '4h', '4h'],
    [' 30min ', '1min', '1min'],
  ])('period %s with bar %s becomes %s', (period, bar, expected) => {
    expect(checkPeriodAndBar(period, bar).bar).toBe(expected);
  });

  test.each([
    ['31min', undefined, 'period'],
    ['9h', undefined, 'period'],
    ['16y', undefined, 'period'],
    ['0d', undefined, 'period'],
    ['1.5d', undefined, 'period'],
    ['1D', undefined, 'period'],
    ['', undefined, 'period'],
    ['1d', '1d', 'bar'],
    ['1w', '1min', 'bar'],
    ['1m', '30min', 'bar'],
    ['1y', '4h', 'bar'],
    ['1d', '7min', 'bar'],
  ])('period %s with bar %s is refused before any call, naming %s', async (period, bar, field) => {
    const client = newSandbox().client();
    const request = { conid: AAPL, period, ...(bar !== undefined && { bar }) };
    await expect(getHistory(client, request)).rejects.toEqual(
      told({
        code: 'invalid_arguments',
        message: expect.stringMatching(new RegExp(`^${field} `)),
      }),
    );
    expect(client.upstreamCalls).toBe(0);
  });
});

describe('option chain', () => {
  test('is bounded by strikes and right, around the price, with quotes on request', async () => {
    const sandbox = newSandbox();
    const underlying = await resolveContract(sandbox.client(), { symbol: 'AAPL' });
    const chain = await getOptionChain(sandbox.client(), {
      underlying,
      strikes: 4,
      rights: ['call', 'put'],
      quotes: true,
    });
    expect(chain.months[0]).toBe(chain.month);
    expect(chain.options).toHaveLength(8);
    expect(new Set(chain.options.map(({ expiry }) => expiry))).toEqual(new Set([chain.expiry]));
    const price = chain.underlyingPrice ?? Number.NaN;
    for (const option of chain.options) {
      expect(Math.abs(option.strike - price) / price).toBeLessThan(0.1);
      expect(option.quote?.ask).toBeGreaterThan(0);
    }
  });

  test('an option is quoted in a session that does not know it yet', async () => {
    const sandbox = newSandbox();
    const underlying = await resolveContract(sandbox.client(), { symbol: 'AAPL' });
    const request = { underlying, strikes: 1, rights: ['call'], quotes: false } as const;
    const { options } = await getOptionChain(sandbox.client(), request);
    const [quote] = await getQuotes(newSandbox().client(), [options[0]?.conid ?? 0]);
    expect(quote?.ask).toBeGreaterThan(0);
  });

  test('takes a date or a month, and says which there are', async () => {
    const sandbox = newSandbox();
    const underlying = await resolveContract(sandbox.client(), { symbol: 'SPY' });
    const request = { underlying, strikes: 1, rights: ['put'], quotes: false } as const;
    const { months, expiries } = await getOptionChain(sandbox.client(), request);
    const last = expiries.at(-1) ?? '';
    expect(await getOptionChain(sandbox.client(), { ...request, expiry: last })).toMatchObject({
      expiry: last,
    });
    const month = months.at(-1) ?? '';
    expect(await getOptionChain(sandbox.client(), { ...request, expiry: month })).toMatchObject({ month });
    await expect(getOptionChain(sandbox.client(), { ...request, expiry: '2019-01-18' })).rejects.toEqual(
      told({
        code: 'invalid_arguments',
        hint: expect.stringContaining(month),
      }),
    );
  });

  test('an underlying without options', async () => {
    const sandbox = newSandbox();
    const underlying = await resolveContract(sandbox.client(), { symbol: 'KO' });
    const request = { underlying, strikes: 1, rights: ['put'], quotes: false } as const;
    await expect(getOptionChain(sandbox.client(), request)).rejects.toMatchObject({ kind: 'not_found' });
  });
});
