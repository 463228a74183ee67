import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newApp, playedApp, useApps } from '../../testing/app.ts';

useApps();

interface Booked {
  type: string;
  currency: string;
  amount: number;
}

const key = ({ type, currency }: Pick<Booked, 'type' | 'currency'>) => `${type} in ${currency}`;

/** In cents, so that nothing is rounded on the way. */
function sumsOf(rows: readonly Booked[]): Record<string, [count: number, cents: number]> {
  const sums: Record<string, [number, number]> = {};
  for (const row of rows) {
    const [count, cents] = sums[key(row)] ?? [0, 0];
    sums[key(row)] = [count + 1, cents + Math.round(row.amount * 100)];
  }
  return sums;
}

function told({ totals }: Record<string, unknown>) {
  const rows = totals as (Booked & { count: number })[];
  return Object.fromEntries(rows.map((row) => [key(row), [row.count, Math.round(row.amount * 100)]]));
}

describe.concurrent('transactions of an account', () => {
  it('tell money that came in and went out, and stocks that came from elsewhere', async () => {
    const app = await newApp();
    const year = await app.call('get_transactions', { days: 365 });
    const rows = year.transactions as (Booked & { quantity?: number; symbol?: string })[];
    const of = (type: string) => rows.filter((row) => row.type === type);
    expect(of('Deposit').length).toBeGreaterThanOrEqual(3);
    expect(of('Deposit').every(({ amount, symbol }) => amount > 0 && symbol == null)).toBe(true);
    expect(of('Withdrawal')).toMatchObject([{ amount: -1_000 }]);
    expect(of('Transfer In')).toMatchObject([{ symbol: 'AAPL', quantity: 12 }]);
    expect(told(year)).toEqual(sumsOf(rows));
    expect(
      (await app.call('get_transactions', { symbol: 'AAPL', days: 365 })).transactions,
    ).not.toContainEqual(expect.objectContaining({ type: 'Deposit' }));
  });

  it('sum up to the totals, whatever was booked, and also of what is left out', async () => {
    const booking = fc.record({
      type: fc.constantFrom('Buy', 'Sell', 'Deposit', 'Withdrawal', 'Dividend Payment', 'Other Fees'),
      cur: fc.constantFrom('USD', 'EUR', 'JPY'),
      amt: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((cents) => cents / 100),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(booking, { maxLength: 40 }),
        fc.constantFrom(1, 30),
        async (bookings, times) => {
          const transactions = Array.from({ length: times }, () => bookings)
            .flat()
            .map((row) => ({ ...row, rawDate: '20260115', desc: 'Some booking of a year', conid: 1 }));
          const app = await playedApp({
            'GET /trsrv/secdef': {
              secdef: [{ conid: 1, ticker: 'SPY', assetClass: 'STK', currency: 'USD' }],
            },
            'POST /pa/transactions': { transactions },
          });
          const answer = await app.call('get_transactions', { conid: 1 });
          const all = transactions.map(({ type, cur: currency, amt: amount }) => ({
            type,
            currency,
            amount,
          }));
          expect(told(answer)).toEqual(sumsOf(all));
          const shown = answer.transactions as Booked[];
          expect(answer.truncated === true).toBe(shown.length < all.length);
        },
      ),
      { numRuns: 15 },
    );
  });
});
