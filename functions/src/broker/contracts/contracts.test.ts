import { expect, test } from 'vitest';
import { newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { told } from '../../testing/told.ts';
import { getExchangeRate } from '../market/exchange-rate.ts';
import { getContractDetails } from './contract-details.ts';
import { resolveContract } from './contract-resolution.ts';
import { searchContracts } from './contracts.ts';
import { splitCurrencyPair } from './currency-pairs.ts';

useSimulator();

test('a symbol means its listing in the United States', async () => {
  const client = newSandbox().client();
  // The first hit of a search for this fund is a Mexican line.
  expect((await searchContracts(client, { query: 'SPY', byName: false }))[0]?.exchange).toBe('MEXI');
  expect(await resolveContract(client, { symbol: ' spy ' })).toEqual({
    conid: 756733,
    symbol: 'SPY',
    name: 'SPDR S&P 500 ETF TRUST',
    secType: 'STK',
    exchange: 'ARCA',
    currency: 'USD',
    derivative: null,
    tradedOn: expect.arrayContaining(['ARCA', 'NASDAQ']),
  });
});

test('exchange and currency choose another listing', async () => {
  const client = newSandbox().client();
  expect(await resolveContract(client, { symbol: 'AAPL', exchange: 'mexi' })).toMatchObject({
    conid: 38708077,
    exchange: 'MEXI',
  });
  expect(await resolveContract(client, { symbol: 'ASML', currency: 'EUR' })).toMatchObject({
    exchange: 'AEB',
    currency: 'EUR',
  });
  expect(await resolveContract(client, { symbol: 'AAPL', currency: 'USD' })).toMatchObject({ conid: 265598 });
  await expect(resolveContract(client, { symbol: 'AAPL', currency: 'JPY' })).rejects.toEqual(
    told({
      code: 'not_found',
      message: expect.stringContaining('in JPY'),
    }),
  );
});

test('several listings abroad are not guessed between', async () => {
  const client = newSandbox().client();
  await expect(resolveContract(client, { symbol: 'IWDA' })).rejects.toEqual(
    told({
      code: 'ambiguous_symbol',
      message: expect.stringMatching(/100292038 AEB EUR .*65071241 LSEETF USD/),
    }),
  );
  expect(await resolveContract(client, { symbol: 'IWDA', currency: 'USD' })).toMatchObject({
    conid: 65071241,
  });
  expect(await resolveContract(client, { symbol: 'IWDA', exchange: 'AEB' })).toMatchObject({
    conid: 100292038,
  });
});

test('share classes and currency pairs are understood in the usual spellings', async () => {
  const client = newSandbox().client();
  for (const symbol of ['BRK B', 'BRK.B', 'brk/b']) {
    expect(await resolveContract(client, { symbol })).toMatchObject({ symbol: 'BRK B' });
  }
  for (const symbol of ['EUR.USD', 'eurusd', 'EUR/USD']) {
    expect(await resolveContract(client, { symbol })).toMatchObject({
      conid: 12087792,
      secType: 'CASH',
      currency: 'USD',
    });
  }
  await expect(resolveContract(client, { symbol: 'USD.EUR' })).rejects.toEqual(
    told({
      code: 'not_found',
      message: expect.stringContaining('EUR.USD'),
    }),
  );
  expect(splitCurrencyPair('GOOGLX')).toBeNull();
});

test('a conid is looked up, an unknown one refused', async () => {
  const client = newSandbox().client();
  expect(await resolveContract(client, { conid: 265598 })).toMatchObject({ symbol: 'AAPL', currency: 'USD' });
  await expect(resolveContract(client, { conid: 1 })).rejects.toMatchObject({ kind: 'not_found' });
  await expect(resolveContract(client, { symbol: 'NOSUCH' })).rejects.toMatchObject({ kind: 'not_found' });
});

test('names find instruments, and nothing found is an empty list', async () => {
  const client = newSandbox().client();
  const found = await searchContracts(client, { query: 'apple', byName: true });
  expect(found.map(({ symbol }) => symbol)).toContain('AAPL');
  expect(await searchContracts(client, { query: 'nothing of that name', byName: true })).toEqual([]);
});

test('details come with the rules for orders', async () => {
  const client = newSandbox().client();
  const details = await getContractDetails(client, 265598);
  expect(details).toMatchObject({ symbol: 'AAPL', secType: 'STK', currency: 'USD' });
  expect(details.rules?.orderTypes).toContain('limit');
  expect(details.validExchanges).toContain('NASDAQ');
  await expect(getContractDetails(client, 1)).rejects.toMatchObject({ kind: 'not_found' });
});

test('exchange rates, and currencies IBKR does not have', async () => {
  const client = newSandbox().client();
  const there = await getExchangeRate(client, { source: 'USD', target: 'EUR' });
  const back = await getExchangeRate(client, { source: 'EUR', target: 'USD' });
  expect(there * back).toBeCloseTo(1, 3);
  expect(await getExchangeRate(client, { source: 'USD', target: 'USD' })).toBe(1);
  await expect(getExchangeRate(client, { source: 'USD', target: 'XXX' })).rejects.toMatchObject({
    kind: 'not_found',
  });
});
