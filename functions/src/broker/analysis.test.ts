import { expect, test } from 'vitest';
import { firstAccount, newSandbox, type Sandbox, useSimulator } from '../testing/sandbox.ts';
import { getPerformance } from './accounts/performance.ts';
import { getTransactions } from './accounts/transactions.ts';
import { getTradingSchedule } from './contracts/trading-schedule.ts';
import { runScanner } from './market/scanner.ts';
import { placeOrder, replyToQuestion } from './orders/orders.ts';
import { getTrades } from './orders/trades.ts';

useSimulator();

const AAPL = 265598;

/** One share, at the market. */
async function buy(sandbox: Sandbox, accountId: string): Promise<void> {
  const client = sandbox.client();
  const ticket = { conid: AAPL, side: 'BUY', quantity: 1, orderType: 'MKT', tif: 'DAY' } as const;
  let outcome = await placeOrder(client, accountId, { ...ticket, clientOrderId: sandbox.name });
  while (outcome.kind === 'question') outcome = await replyToQuestion(client, outcome.replyId, true);
  await expect
    .poll(async () => (await getTrades(sandbox.client(), accountId)).trades.length)
    .toBeGreaterThan(0);
}

test('performance of all periods comes from one call, which serves for a while', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const { periods, currency } = await getPerformance(sandbox.client(), accountId);
  expect(currency).toBe('USD');
  expect(periods.map(({ period }) => period)).toEqual(expect.arrayContaining(['1D', '1M']));
  const month = periods.find(({ period }) => period === '1M');
  expect(month?.series.length).toBeGreaterThan(1);
  expect(month?.startDate).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(month?.endValue).toBeGreaterThan(0);
  expect(Math.abs(month?.returnPercent ?? Number.NaN)).toBeLessThan(100);

  const again = sandbox.client();
  await getPerformance(again, accountId);
  expect(again.upstreamCalls).toBe(0);
});

test('transactions of an instrument', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  await buy(sandbox, accountId);
  const query = { conids: [AAPL], currency: 'USD', days: 30 };
  const { transactions } = await getTransactions(sandbox.client(), accountId, query);
  expect(transactions.length).toBeGreaterThan(0);
  for (const transaction of transactions) {
    expect(transaction).toMatchObject({ conid: AAPL, currency: 'USD', amount: expect.any(Number) });
    expect(transaction.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

test('a scanner finds instruments, and one that is not there says so', async () => {
  const client = newSandbox().client();
  const scan = { instrument: 'STK', location: 'STK.US.MAJOR', type: 'TOP_PERC_GAIN' };
  const { rows } = await runScanner(client, scan);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows[0]).toMatchObject({ conid: expect.any(Number), symbol: expect.any(String), secType: 'STK' });
  await expect(runScanner(client, { ...scan, type: 'NO_SUCH_SCAN' })).rejects.toMatchObject({
    kind: 'invalid',
  });
});

test('trading hours have a zone, and regular hours lie within the extended ones', async () => {
  const { timeZone, days } = await getTradingSchedule(newSandbox().client(), { conid: AAPL });
  expect(() => new Date().toLocaleString('en', { timeZone })).not.toThrow();
  expect(days.length).toBeGreaterThan(2);
  for (const { regular, extended } of days) {
    for (const { open, close } of regular) {
      expect(Date.parse(close)).toBeGreaterThan(Date.parse(open));
      expect(extended.some((hours) => hours.open <= open && hours.close >= close)).toBe(true);
    }
  }
});
