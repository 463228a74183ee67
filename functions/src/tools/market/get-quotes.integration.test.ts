import { describe, expect, it } from 'vitest';
import { newApp, useApps } from '../../testing/app.ts';

useApps();

const SAP_IN_FRANKFURT = 14204;

describe.concurrent('many quotes', () => {
  it('are one snapshot, and as many look-ups as there are kinds of them', async () => {
    const app = await newApp();
    const symbols = ['NVDA', 'AAPL', 'MSFT', 'SPY', 'TSLA', 'AMZN', 'INTC', 'BAC', 'F', 'T'];
    await app.call('get_accounts', {});
    const before = await app.sandbox.requests();
    const { quotes, currency, missing } = await app.call('get_quotes', { symbols });
    expect([currency, missing]).toEqual(['USD', undefined]);
    expect((quotes as { symbol: string }[]).map(({ symbol }) => symbol)).toEqual(symbols);
    for (const quote of quotes as Record<string, number>[]) {
      expect(quote.last).toBeGreaterThan(0);
      expect(quote).not.toHaveProperty('currency');
    }
    const after = await app.sandbox.requests();
    const asked = Object.entries(after).map(([path, count]) => [path, count - (before[path] ?? 0)] as const);
    const calls = new Map(asked.filter(([, count]) => count > 0));
    expect(calls.get('GET /trsrv/stocks')).toBe(1);
    expect(calls.get('GET /trsrv/secdef')).toBe(1);
    // Looked at again until every value has come.
    expect([...calls.keys()].filter((path) => !path.includes('snapshot')).length).toBeLessThanOrEqual(3);
  });

  it('name an instrument once, in however many ways it was asked for', async () => {
    const app = await newApp();
    const { quotes, missing } = await app.call('get_quotes', {
      symbols: ['NVDA', 'nvda', 'NVDA.US', 'SAP.DE', ...Array.from({ length: 40 }, (_, i) => `NOPE${i}`)],
      conids: [4815747, SAP_IN_FRANKFURT, 1],
    });
    expect((quotes as { symbol: string }[]).map(({ symbol }) => symbol)).toEqual(['NVDA', 'SAP']);
    expect(missing).toHaveLength(41);
  });

  it('say what differs between them, and what is missing', async () => {
    const app = await newApp();
    const answer = await app.call('get_quotes', { symbols: ['NVDA', 'NO SUCH'], conids: [SAP_IN_FRANKFURT] });
    expect(answer).toMatchObject({
      quotes: [
        { symbol: 'NVDA', currency: 'USD' },
        { symbol: 'SAP', conid: SAP_IN_FRANKFURT, currency: 'EUR' },
      ],
      missing: [{ instrument: 'NO SUCH', reason: expect.stringContaining('NO SUCH') }],
    });
    expect(await app.fail('get_quotes', { symbols: ['NO SUCH'] })).toMatchObject({ code: 'not_found' });
    expect(await app.fail('get_quotes', {})).toMatchObject({ code: 'invalid_arguments' });
    const many = Array.from({ length: 51 }, (_, index) => index + 1);
    expect(await app.fail('get_quotes', { conids: many })).toMatchObject({ code: 'invalid_arguments' });
  });
});

describe.concurrent('options', () => {
  it('of a month are of its third Friday, within bounds or around a delta, with greeks', async () => {
    const app = await newApp();
    const { months } = await app.call('get_option_chain', { symbol: 'SPY', strikes: 1 });
    const [, month = ''] = months as string[];
    const chain = await app.call('get_option_chain', {
      symbol: 'SPY',
      expiry: month,
      delta: 0.3,
      strikes: 3,
    });
    const expiry = new Date(String(chain.expiry));
    expect(expiry.getUTCDay()).toBe(5);
    expect(Math.ceil(expiry.getUTCDate() / 7)).toBe(3);
    const options = chain.options as {
      right: string;
      delta: number;
      implied_volatility: number;
      strike: number;
      conid: number;
    }[];
    for (const right of ['call', 'put']) {
      const deltas = options.filter((option) => option.right === right).map(({ delta }) => Math.abs(delta));
      expect(deltas).toHaveLength(3);
      for (const delta of deltas) expect(Math.abs(delta - 0.3)).toBeLessThan(0.1);
    }
    expect(options.every(({ implied_volatility }) => implied_volatility > 1)).toBe(true);

    const [low = 0, high = 0] = [
      Math.min(...options.map(({ strike }) => strike)),
      Math.max(...options.map(({ strike }) => strike)),
    ];
    const bounds = { strike_min: low, strike_max: high, right: 'PUT' };
    const within = await app.call('get_option_chain', { symbol: 'SPY', expiry: month, ...bounds });
    const strikes = (within.options as { strike: number }[]).map(({ strike }) => strike);
    expect(strikes.length).toBeGreaterThan(3);
    expect(strikes.every((strike) => strike >= low && strike <= high)).toBe(true);

    const [{ conid, delta } = { conid: 0, delta: 0 }] = options;
    const quote = await app.call('get_quote', { conid });
    expect(quote).toMatchObject({
      gamma: expect.any(Number),
      theta: expect.any(Number),
      vega: expect.any(Number),
    });
    expect(Math.abs(Number(quote.delta) - delta)).toBeLessThan(0.1);
    expect(await app.call('get_quote', { symbol: 'SPY' })).not.toHaveProperty('delta');

    await app.call('place_order', { conid, side: 'BUY', quantity: 1, order_type: 'MKT' });
    const { positions } = await app.call('get_portfolio', {});
    expect(positions).toContainEqual(
      expect.objectContaining({ conid, delta: expect.any(Number), implied_volatility: expect.any(Number) }),
    );
  });
});

describe.concurrent('the transactions of an account', () => {
  it('are those of all that it holds and traded, and what no instrument caused', async () => {
    const app = await newApp();
    await app.call('place_order', { symbol: 'INTC', side: 'BUY', quantity: 10, order_type: 'MKT' });
    const { transactions, totals, note } = await app.call('get_transactions', { days: 365 });
    const rows = transactions as { type: string; symbol: string | null; amount: number; currency: string }[];
    expect(rows).toContainEqual(expect.objectContaining({ type: 'Buy', symbol: 'INTC', quantity: 10 }));
    expect(rows).toContainEqual(
      expect.objectContaining({ type: 'Dividend Payment', symbol: 'AAPL', currency: 'USD' }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ type: 'Other Fees', symbol: null, amount: -4.5 }));
    const fees = (totals as { type: string; count: number; amount: number }[]).find(
      ({ type }) => type === 'Other Fees',
    );
    expect(fees?.amount).toBe(-4.5 * (fees?.count ?? 0));
    expect(note).toContain('INTC');
    const ofOne = await app.call('get_transactions', { symbol: 'INTC', days: 30 });
    expect(ofOne).toMatchObject({ symbol: 'INTC', transactions: [{ type: 'Buy', quantity: 10 }] });
    expect(ofOne).not.toHaveProperty('note');
  });
});

describe.concurrent('plain words', () => {
  it('name rankings', async () => {
    const app = await newApp();
    const found = await app.call('run_scanner', { type: 'gainers', limit: 3 });
    expect(found).toMatchObject({ column: 'Chg%' });
    expect(found.results).toEqual(
      (await app.call('run_scanner', { type: 'TOP_PERC_GAIN', limit: 3 })).results,
    );
    for (const type of ['losers', 'most_active', 'high_dividend'])
      expect((await app.call('run_scanner', { type, limit: 1 })).results).toHaveLength(1);
  });

  it('say when a market closes, in its own time and in ours', async () => {
    const app = await newApp();
    const answer = await app.call('get_market_hours', { symbol: 'AAPL' });
    expect(answer.days).toHaveLength(2);
    const { closes_at } = answer as { closes_at: { at_exchange: string; utc: string } };
    const shifted = Date.parse(`${closes_at.at_exchange.replace(' ', 'T')}Z`) - Date.parse(closes_at.utc);
    expect([-4, -5]).toContain(shifted / 3_600_000);
    expect((await app.call('get_market_hours', { symbol: 'AAPL', days: 5 })).days).toHaveLength(5);
  });
});
