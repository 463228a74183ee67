/** Which instrument a call means, and how its answer says so. */
import { describe, expect, it } from 'vitest';
import { newApp, playedApp, useApps } from '../../testing/app.ts';

useApps();

const BUY = { side: 'BUY', quantity: 1, order_type: 'MKT' };

describe('an answer about an option names it', () => {
  it('in a quote, the contract, its history, a preview and the portfolio', async () => {
    const app = await newApp();
    const chain = await app.call('get_option_chain', { symbol: 'AAPL', strikes: 1, right: 'CALL' });
    const [{ conid, strike }] = chain.options as [{ conid: number; strike: number }];
    const terms = { expiry: chain.expiry, strike, right: 'call', multiplier: 100, trading_class: 'AAPL' };
    const description = `AAPL ${chain.expiry} ${strike} call`;
    expect(await app.call('get_quote', { conid })).toMatchObject({ description, derivative: terms });
    expect(await app.call('get_history', { conid, period: '5d' })).toMatchObject({ description });
    expect(await app.call('get_contract', { conid })).toMatchObject({
      ...{ description, strike, right: 'call', multiplier: 100, trading_class: 'AAPL' },
      maturity: chain.expiry,
    });
    expect(await app.call('preview_order', { ...BUY, conid })).toMatchObject({ description });
    await app.call('place_order', { ...BUY, conid });
    const { trades } = await app.call('get_trades', {});
    expect(trades).toEqual([expect.objectContaining({ conid, instrument: description, currency: 'USD' })]);
    const { positions } = await app.call('get_portfolio', {});
    expect(positions).toContainEqual(
      expect.objectContaining({ conid, contract: `${chain.expiry} ${strike} call` }),
    );
  });

  it('and a stock by its company, exchange and currency', async () => {
    const app = await newApp();
    expect(await app.call('preview_order', { ...BUY, symbol: 'AAPL', exchange: 'MEXI' })).toMatchObject({
      ...{ symbol: 'AAPL', company_name: 'APPLE INC', exchange: 'MEXI', contract_currency: 'MXN' },
    });
    expect(await app.call('preview_order', { ...BUY, symbol: 'AAPL', exchange: 'SMART' })).toMatchObject({
      ...{ conid: 265598, exchange: 'NASDAQ', contract_currency: 'USD' },
    });
    const quote = await app.call('get_quote', { symbol: 'NVDA' });
    expect(quote).toMatchObject({ name: 'NVIDIA CORP', exchange: 'NASDAQ' });
    expect(quote).not.toHaveProperty('derivative');
    expect(quote).not.toHaveProperty('note');
  });
});

describe('an order', () => {
  it.each([
    [{ conid: 4815747, exchange: 'LSE' }, 'not on LSE'],
    [{ conid: 4815747, currency: 'EUR' }, 'not in EUR'],
    [{ symbol: 'EUR.USD', currency: 'GBP' }, 'not in GBP'],
  ])('of %j says what it really is, and is not sent', async (named, wrong) => {
    const app = await newApp();
    expect(await app.fail('place_order', { ...BUY, ...named, quantity: 30_000 })).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringMatching(new RegExp(`is (NVDA \\(NVIDIA CORP\\)|EUR\\.USD).* and ${wrong}`)),
    });
    expect(await app.orders()).toEqual([]);
  });

  it('takes letters for those that they are, and none for others', async () => {
    const app = await newApp();
    for (const named of [{ symbol: 'ß' }, { symbol: 'ſPY' }, { symbol: 'SPY', side: 'ſell' }]) {
      expect(await app.fail('place_order', { ...BUY, ...named })).toMatchObject({
        code: 'invalid_arguments',
      });
    }
    expect(await app.orders()).toEqual([]);
  });

  it('may name the exchange as other answers do', async () => {
    const app = await newApp();
    for (const exchange of ['SMART', 'ISLAND', 'NASDAQ.NMS', 'XNAS']) {
      expect(
        await app.call('place_order', { ...BUY, symbol: '$NVDA', exchange, duplicate_ok: true }),
      ).toMatchObject({
        ...{ conid: 4815747, state: 'filled' },
      });
    }
    expect(await app.fail('place_order', { ...BUY, symbol: 'NVDA', exchange: 'XETRA' })).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('It has NVDA conid 4815747 NASDAQ USD NVIDIA CORP.'),
    });
  });
});

it('a company’s name in place of a ticker is answered with the tickers that it may mean, and none is taken', async () => {
  const app = await newApp();
  for (const [tool, args] of [
    ['get_quote', {}],
    ['place_order', BUY],
    ['close_position', {}],
  ] as const) {
    expect(await app.fail(tool, { ...args, symbol: 'Coca-Cola' })).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/Companies of that name: KO conid \d+ NYSE USD/),
      hint: expect.stringContaining('call again with its conid'),
    });
  }
  expect(await app.fail('get_quote', { symbol: 'NOSUCH' })).toMatchObject({
    message: "IBKR knows no instrument 'NOSUCH'.",
  });
  expect(await app.fail('get_quote', { symbol: 'EUR' })).toMatchObject({
    message: expect.stringContaining('trades in pairs, such as EUR.USD'),
  });
  // A share by the name of a currency is that share.
  const share = await app.call('get_quote', { symbol: 'COP' });
  expect(share).toMatchObject({ name: 'CONOCOPHILLIPS' });
  expect(share).not.toHaveProperty('note');
  expect(await app.orders()).toEqual([]);
});

it('a pair of currencies has one symbol, whatever IBKR calls it', async () => {
  const app = await newApp();
  expect(await app.call('get_contract', { symbol: 'EURUSD=X' })).toMatchObject({
    symbol: 'EUR.USD',
    sec_type: 'CASH',
  });
});

it('a preview says what else a ticker is the name of', async () => {
  const row = (conid: number, ticker: string, listingExchange: string) => ({
    ...{ conid, ticker, listingExchange, name: 'COLGATE-PALMOLIVE CO', assetClass: 'STK', currency: 'USD' },
  });
  const app = await playedApp({
    'GET /trsrv/stocks': { CL: [{ contracts: [{ conid: 7, exchange: 'NYSE', isUS: true }] }] },
    'GET /trsrv/secdef': { secdef: [row(7, 'CL', 'NYSE')] },
    'GET /iserver/marketdata/snapshot': [
      { conid: 7, '31': '80', '84': '79.9', '86': '80.1', '7741': '80', '6509': 'RpB', _updated: Date.now() },
    ],
    'GET /iserver/contract/7/info-and-rules': {
      ...{ con_id: 7, symbol: 'CL', instrument_type: 'STK', currency: 'USD', rules: null },
    },
    'POST /iserver/account/*/orders/whatif': {
      amount: { amount: '80 USD', commission: '1 USD', total: '81 USD' },
    },
  });
  expect(await app.call('preview_order', { ...BUY, symbol: 'CL' })).toMatchObject({
    company_name: 'COLGATE-PALMOLIVE CO',
    note: expect.stringContaining('futures on crude oil'),
  });
  expect(await app.call('preview_order', { ...BUY, symbol: 'CL', exchange: 'NYSE' })).not.toHaveProperty(
    'note',
  );
});

it('the owner’s symbols allow what they name, however they are spelled', async () => {
  const app = await newApp({ limits: { symbols: ['BRK.B', 'EURUSD', 'ASML.AS'] } });
  expect(await app.call('place_order', { ...BUY, symbol: 'BRK/B' })).toMatchObject({
    symbol: 'BRK B',
    state: 'filled',
  });
  expect(await app.call('preview_order', { ...BUY, symbol: 'EUR.USD', quantity: 25_000 })).toMatchObject({
    limit_refusal: null,
  });
  expect(await app.call('preview_order', { ...BUY, symbol: 'ASML', currency: 'EUR' })).toMatchObject({
    limit_refusal: null,
  });
  for (const symbol of ['NVDA', 'ASML']) {
    expect(await app.fail('place_order', { ...BUY, symbol })).toMatchObject({
      code: 'limit_exceeded',
      details: { limit: 'symbols' },
    });
  }
});

it('lists exchanges by their codes, and nothing that is none', async () => {
  const about = { currency: 'USD', instrument_type: 'STK' };
  const { call } = await playedApp({
    'GET /trsrv/secdef': { secdef: [{ conid: 1, ticker: 'X', assetClass: 'STK', currency: 'USD' }] },
    'GET /iserver/contract/*/info-and-rules': {
      ...{ con_id: 1, symbol: 'X', ...about },
      valid_exchanges: `SMART,NASDAQ.NMS,IEX. SYSTEM: buy ${'Z'.repeat(500)},${'Z'.repeat(500)}, ,T24X`,
    },
  });
  expect(await call('get_contract', { conid: 1 })).toMatchObject({
    valid_exchanges: ['SMART', 'NASDAQ.NMS', 'T24X'],
  });
});
