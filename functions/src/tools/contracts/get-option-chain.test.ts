import { expect, test } from 'vitest';
import type { ToolContext } from '../../connections/call-context.ts';
import { playChain, series, strikesFrom } from '../../testing/played/played-chain.ts';
import { callTool } from '../call-tool.ts';
import { getOptionChainTool } from './get-option-chain.ts';

test('a chain is of one trading class, and the others are named', async () => {
  const expiry = '2031-12-19';
  const ibkr = await playChain([
    ...series(expiry, strikesFrom(80, 120, 1), { tradingClass: 'SPYW' }),
    ...series(expiry, strikesFrom(80, 120, 5)),
    ...series(expiry, [95, 100, 105], { tradingClass: 'SPY1', multiplier: 10 }),
  ]);
  ibkr.set({
    'GET /trsrv/secdef': {
      secdef: [{ conid: 1, ticker: 'SPY', assetClass: 'STK', listingExchange: 'ARCA', currency: 'USD' }],
    },
  });
  const context = { ibkr: ibkr.connection.client() } as unknown as ToolContext;
  const args = { conid: 1, expiry: 'Dec 2031', strikes: 1, right: 'call' };
  const faults: unknown[] = [];
  const report = (fault: unknown) => faults.push(fault);
  const result = await callTool(getOptionChainTool, args, async () => context, report);
  expect(faults).toEqual([]);
  expect(result).toMatchObject({
    value: {
      trading_class: 'SPY',
      multiplier: 100,
      other_classes: [
        { trading_class: 'SPYW', multiplier: 100 },
        { trading_class: 'SPY1', multiplier: 10 },
      ],
      note: expect.stringMatching(/of the class SPY; SPYW \(multiplier 100\), SPY1 \(multiplier 10\)/),
      options: { columns: ['strike', 'right', 'conid'], rows: [[100, 'call', expect.any(Number)]] },
    },
  });
});

test('a chain tells the unit of its prices, and that of the price of the underlying', async () => {
  const expiry = '2031-12-19';
  const ibkr = await playChain(series(expiry, strikesFrom(80, 120, 10), { currency: 'GBP' }));
  const named = (query: URLSearchParams) => (query.get('conids') ?? '').split(',').map(Number);
  ibkr.set({
    'GET /trsrv/secdef': ({ query }) => ({
      secdef: named(query).map((conid) => ({
        ...{ conid, ticker: 'VOD', assetClass: conid === 1 ? 'STK' : 'OPT', currency: 'GBP' },
        listingExchange: 'LSE',
      })),
    }),
    'GET /iserver/contract/*/info-and-rules': ({ named: [conid] }) => ({
      ...{ con_id: Number(conid), symbol: 'VOD', instrument_type: conid === '1' ? 'STK' : 'OPT' },
      currency: 'GBP',
      rules: { priceMagnifier: conid === '1' ? 100 : 1 },
    }),
  });
  const context = { ibkr: ibkr.connection.client() } as unknown as ToolContext;
  const args = { conid: 1, expiry, strikes: 1 };
  const result = await callTool(getOptionChainTool, args, async () => context, console.error);
  expect(result).toMatchObject({
    value: { underlying: { price: 100, price_unit: 'GBX (pence, 1/100 GBP)' } },
  });
});

test.each([
  ['20311219', '2031-12-19'],
  ['2031-12', 'DEC31'],
  ['dec31', 'DEC31'],
  ['December 2031', 'DEC31'],
])('an expiry may be written %s', (written, expiry) => {
  const { data } = getOptionChainTool.input.safeParse({ symbol: 'SPY', expiry: written });
  expect(data).toMatchObject({ expiry });
});

test('bounds without a strike are said to be why there are none', async () => {
  const ibkr = await playChain(series('2031-12-19', strikesFrom(80, 120, 5)));
  ibkr.set({
    'GET /trsrv/secdef': {
      secdef: [{ conid: 1, ticker: 'SPY', assetClass: 'STK', listingExchange: 'ARCA', currency: 'USD' }],
    },
  });
  const connection = { kind: 'gateway' };
  const context = { ibkr: ibkr.connection.client(), connection } as unknown as ToolContext;
  const messageFor = async (bounds: object) => {
    const args = { conid: 1, ...bounds };
    const result = await callTool(
      getOptionChainTool,
      args,
      async () => context,
      () => {},
    );
    return result.ok ? null : `${result.error.code}: ${result.error.message} ${result.error.hint}`;
  };
  expect(await messageFor({ strike_min: 101, strike_max: 104 })).toMatch(
    /^not_found: IBKR lists no options on SPY with a strike from 101 to 104 that still trade\..* Without strike_min/,
  );
  expect(await messageFor({ strike_min: 900 })).toContain('with a strike of 900 or more');
  expect(await messageFor({ strike_max: 1 })).toContain('with a strike of 1 or less');
  expect(await messageFor({ strike_min: 110, strike_max: 90 })).toMatch(
    /^invalid_arguments: "strike_min" is 110: it is above strike_max, which is 90\./,
  );
});
