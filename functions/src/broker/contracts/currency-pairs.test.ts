import { describe, expect, it } from 'vitest';
import { playIbkr } from '../../testing/played/played-ibkr.ts';
import { resolveCurrencyPair } from './currency-pairs.ts';

async function pairOf(symbol: string, pairs: object) {
  const { connection } = await playIbkr({ accounts: ['DU1'] }, { 'GET /iserver/currency/pairs': pairs });
  return resolveCurrencyPair(connection.client(), symbol).catch((error) => error);
}

const EURUSD = { symbol: 'EUR.USD', conid: 12087792, ccyPair: 'EUR' };

describe.concurrent('a currency pair', () => {
  it.each([
    ['beside one that cannot be read', { USD: [{ symbol: 'GBP.USD', conid: 'N/A' }, null, EURUSD] }],
    ['beside a list that cannot be read', { JPY: 'N/A', USD: [EURUSD] }],
  ])('is found %s', async (_, pairs) => {
    expect(await pairOf('EURUSD', pairs)).toMatchObject({ conid: 12087792, currency: 'USD' });
  });

  it.each([
    ['it may be one', { USD: [null] }],
    ['it is one', { USD: [{ symbol: 'EUR.USD', conid: {} }] }],
    ['its list is one', { USD: 'N/A' }],
  ])('is not denied where %s that cannot be read', async (_, pairs) => {
    expect(await pairOf('EURUSD', pairs)).toMatchObject({ kind: 'unexpected_answer' });
  });

  it('is denied where only another one cannot be read', async () => {
    expect(await pairOf('EURUSD', { USD: [{ symbol: 'GBP.USD' }] })).toMatchObject({ kind: 'not_found' });
  });
});
