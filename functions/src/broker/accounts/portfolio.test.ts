import { expect, test } from 'vitest';
import { firstAccount, newSandbox, useSimulator } from '../../testing/sandbox.ts';
import { tradingClassIn } from '../contracts/derivative.ts';
import { brokerageAccountsSchema } from '../session/brokerage-accounts.ts';
import { getAccountSummary } from './account-summary.ts';
import { getAccounts, selectAccount } from './accounts.ts';
import { getLedger, getPositions, positionsPageSchema } from './portfolio.ts';

useSimulator({ accounts: 2, positions: 250 });

test('accounts come with title, type and base currency', async () => {
  const sandbox = newSandbox();
  const { accounts, isPaper } = await getAccounts(sandbox.client());
  expect(isPaper).toBe(true);
  expect(accounts[1]).toMatchObject({ alias: null, type: 'DEMO', currency: 'USD' });
});

test('selecting an account sticks, and an unknown one is refused', async () => {
  const sandbox = newSandbox();
  const { accounts } = await getAccounts(sandbox.client());
  const other = accounts[1]?.accountId ?? '';
  await selectAccount(sandbox.client(), other);
  await selectAccount(sandbox.client(), other);
  const login = await sandbox.client().get('/iserver/accounts', brokerageAccountsSchema);
  expect(login.selectedAccount).toBe(other);
  await expect(selectAccount(sandbox.client(), 'DU0000000')).rejects.toMatchObject({ kind: 'not_found' });
});

test('positions come from every page, once each, with names and base currency values', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const { positions } = await getPositions(sandbox.client(), accountId);
  expect(positions.length).toBeGreaterThan(200);
  expect(new Set(positions.map(({ conid }) => conid)).size).toBe(positions.length);
  expect(positions.filter(({ quantity, name, base }) => quantity === 0 || !name || !base)).toEqual([]);
  expect(positions.find(({ symbol }) => symbol === 'AAPL')).toMatchObject({
    conid: 265598,
    name: 'APPLE INC',
    assetClass: 'STK',
    currency: 'USD',
    derivative: null,
    base: { marketValue: expect.any(Number) },
  });
});

test('an option position says what it is an option on', () => {
  const row = {
    conid: '712345678',
    position: '-3',
    currency: 'USD',
    assetClass: 'OPT',
    expiry: '20260618',
    strike: '190',
    putOrCall: 'C',
    multiplier: 100,
    undConid: 265598,
  };
  expect(positionsPageSchema.parse([row]).rows[0]).toMatchObject({
    conid: 712345678,
    position: -3,
    strike: 190,
  });
});

test('the ledger adds up to its base entry', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const { entries: ledger } = await getLedger(sandbox.client(), accountId);
  const base = ledger.find(({ currency }) => currency === 'BASE');
  const cash = ledger
    .filter(({ currency }) => currency !== 'BASE')
    .reduce((sum, entry) => sum + entry.cashBalance * (entry.exchangeRate ?? 0), 0);
  expect(cash).toBeCloseTo(base?.cashBalance ?? Number.NaN, 0);
});

test('the summary agrees with the ledger', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const summary = await getAccountSummary(sandbox.client(), accountId);
  expect(summary).toMatchObject({ accountType: 'INDIVIDUAL', currency: 'USD' });
  const { entries } = await getLedger(sandbox.client(), accountId);
  const base = entries.find(({ currency }) => currency === 'BASE');
  expect(summary.netLiquidation).toBeCloseTo(base?.netLiquidationValue ?? Number.NaN, -4);
});

test.each([
  ['SPX    JUN2026 6000 C [SPXW  260618C06000000 100]', 'SPXW'],
  ['AAPL   JUN2026 190 C [AAPL  260618C00190000 100]', 'AAPL'],
  ['MNQ      MAR2025', null],
  [null, null],
])('the trading class in %s is %s', (description, tradingClass) => {
  expect(tradingClassIn(description)).toBe(tradingClass);
});
