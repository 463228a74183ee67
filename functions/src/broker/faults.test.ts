/** Every way in which an exchange fails, met by every read: a right answer or a listed error, and then it works. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startSimulator } from '../../../simulator/src/server.ts';
import { wordsOf } from '../connections/broker-words.ts';
import { firstAccount, newSandbox, useSimulator } from '../testing/sandbox.ts';
import { getAccountSummary } from './accounts/account-summary.ts';
import { getAccounts } from './accounts/accounts.ts';
import { getHoldings } from './accounts/holdings.ts';
import { getPerformance } from './accounts/performance.ts';
import { getPnl } from './accounts/pnl.ts';
import { getLedger, getPositions } from './accounts/portfolio.ts';
import { getTransactions } from './accounts/transactions.ts';
import { getContractDetails } from './contracts/contract-details.ts';
import { resolveContract } from './contracts/contract-resolution.ts';
import { getDefinitions, searchContracts } from './contracts/contracts.ts';
import { resolveCurrencyPair } from './contracts/currency-pairs.ts';
import { getFutures } from './contracts/futures.ts';
import { getTradingSchedule } from './contracts/trading-schedule.ts';
import { BrokerError } from './errors.ts';
import { getExchangeRate } from './market/exchange-rate.ts';
import { getHistory } from './market/history.ts';
import { getQuotes } from './market/market-data.ts';
import { getOptionChain } from './market/option-chain.ts';
import { runScanner } from './market/scanner.ts';
import { previewOrder } from './orders/order-preview.ts';
import { getLiveOrders, type OrderTicket } from './orders/orders.ts';
import { getTrades } from './orders/trades.ts';
import type { IbkrClient } from './session/client.ts';
import { IbkrConnection } from './session/connection.ts';
import { inMemorySessionStore } from './session/session-store.ts';
import { sandboxTransport } from './transport/sandbox-transport.ts';

useSimulator();

const AAPL = 265598;
const PREVIEWED: OrderTicket = {
  conid: AAPL,
  side: 'BUY',
  quantity: 1,
  orderType: 'LMT',
  limitPrice: 250,
  tif: 'DAY',
  clientOrderId: 'preview',
};

interface Read {
  name: string;
  /** The request that fails; `*` is anything. */
  path: string;
  run(client: IbkrClient, accountId: string): Promise<unknown>;
}

const READS: readonly Read[] = [
  { name: 'accounts', path: '/iserver/accounts', run: (client) => getAccounts(client) },
  { name: 'positions', path: '/portfolio/*/positions/*', run: getPositions },
  { name: 'ledger', path: '/portfolio/*/ledger', run: getLedger },
  { name: 'holdings', path: '/portfolio2/*/positions', run: getHoldings },
  { name: 'summary', path: '/portfolio/*/summary', run: getAccountSummary },
  { name: 'P&L', path: '/iserver/account/pnl/partitioned', run: (client, id) => getPnl(client, id) },
  { name: 'orders', path: '/iserver/account/orders', run: (client, id) => getLiveOrders(client, id) },
  { name: 'trades', path: '/iserver/account/trades', run: (client, id) => getTrades(client, id) },
  { name: 'quotes', path: '/iserver/marketdata/snapshot', run: (client) => getQuotes(client, [265598]) },
  {
    name: 'history',
    path: '/iserver/marketdata/history',
    run: (client) => getHistory(client, { conid: 265598, period: '1d', bar: '1h' }),
  },
  {
    name: 'search',
    path: '/iserver/secdef/search',
    run: (client) => searchContracts(client, { query: 'AAPL', byName: false }),
  },
  { name: 'contract', path: '/trsrv/stocks', run: (client) => resolveContract(client, { symbol: 'AAPL' }) },
  { name: 'definitions', path: '/trsrv/secdef', run: (client) => getDefinitions(client, [AAPL]) },
  { name: 'futures', path: '/trsrv/futures', run: (client) => getFutures(client, 'ES') },
  {
    name: 'currency pair',
    path: '/iserver/currency/pairs',
    run: (client) => resolveCurrencyPair(client, 'EUR.USD'),
  },
  { name: 'details', path: '/iserver/contract/*', run: (client) => getContractDetails(client, 265598) },
  {
    name: 'exchange rate',
    path: '/iserver/exchangerate',
    run: (client) => getExchangeRate(client, { source: 'USD', target: 'EUR' }),
  },
  {
    name: 'performance',
    path: '/pa/allperiods',
    run: (client, accountId) => getPerformance(client, accountId),
  },
  {
    name: 'transactions',
    path: '/pa/transactions',
    run: (client, accountId) =>
      getTransactions(client, accountId, { conids: [AAPL], currency: 'USD', days: 30 }),
  },
  {
    name: 'scanner',
    path: '/iserver/scanner/run',
    run: (client) =>
      runScanner(client, { instrument: 'STK', location: 'STK.US.MAJOR', type: 'TOP_PERC_GAIN' }),
  },
  {
    name: 'hours',
    path: '/contract/trading-schedule',
    run: (client) => getTradingSchedule(client, { conid: AAPL }),
  },
  {
    name: 'options',
    path: '/iserver/secdef/strikes',
    run: async (client) => {
      const underlying = await resolveContract(client, { conid: AAPL });
      return getOptionChain(client, { underlying, strikes: 1, rights: ['call'], quotes: false });
    },
  },
  {
    name: 'preview',
    path: '/iserver/account/*/orders/whatif',
    run: (client, accountId) => previewOrder(client, accountId, PREVIEWED),
  },
];

/** Paths that read nothing for a caller: they change something, or look after the session, which each read does, too. */
const NO_READS: readonly string[] = [
  '/iserver/account',
  '/iserver/account/*/order/*',
  '/iserver/account/*/orders',
  '/iserver/auth/ssodh/init',
  '/iserver/auth/status',
  '/iserver/marketdata/unsubscribe',
  '/iserver/marketdata/unsubscribeall',
  '/iserver/reply/*',
  '/logout',
  '/portfolio/accounts',
  '/tickle',
];

/** Those that need an order or an option: their own tests have faults for them. */
const READ_ELSEWHERE: readonly string[] = ['/iserver/account/order/status/*', '/iserver/secdef/info'];

test('every path that this layer asks IBKR for is tried, or is known not to be a read', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const asked = sources.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const written =
      /(?:'|apiPath`)(\/(?:iserver|portfolio2?|trsrv|pa|contract|tickle|logout)(?:\/[^'`\s]*[^'`\s/])?)['`]/g;
    return [...text.matchAll(written)].map(([, path = '']) => path.replaceAll(/\$\{[^}]*\}/g, '*'));
  });
  const known = [...READS.map(({ path }) => path), ...NO_READS, ...READ_ELSEWHERE];
  const patterns = known.map((path) => new RegExp(`^${path.replaceAll('*', '[^?]+')}$`));
  const isKnown = (path: string) => patterns.some((pattern) => pattern.test(path));
  expect(asked.length).toBeGreaterThan(30);
  expect([...new Set(asked)].filter((path) => !isKnown(path)).sort()).toEqual([]);
});

/** What a read may end with when its request fails once that way; null is an answer. */
const FAULTS: readonly { kind: string; details: object; codes: readonly (string | null)[] }[] = [
  {
    kind: 'status',
    details: { status: 500 },
    codes: [null, 'unavailable', 'not_found', 'invalid'],
  },
  {
    kind: 'status',
    details: { status: 503 },
    codes: [null, 'unavailable', 'not_found', 'invalid'],
  },
  { kind: 'status', details: { status: 401, body: '' }, codes: [null] },
  {
    kind: 'status',
    details: { status: 403, body: '<html>Access Denied</html>' },
    codes: ['rejected'],
  },
  {
    kind: 'status',
    details: { status: 400, body: { error: 'Bad Request: no bridge', statusCode: 400 } },
    codes: [null],
  },
  { kind: 'status', details: { status: 200, body: { error: 'no session' } }, codes: [null] },
  { kind: 'delay', details: { delayMs: 300 }, codes: [null] },
  { kind: 'reset', details: {}, codes: [null] },
  { kind: 'reset_after_accept', details: {}, codes: [null] },
  { kind: 'malformed', details: {}, codes: ['unexpected_answer'] },
  { kind: 'competing', details: {}, codes: [null, 'competing'] },
  { kind: 'session_lost', details: {}, codes: ['signed_out'] },
];

test.each(FAULTS)('$kind $details', async ({ kind, details, codes }) => {
  const outcomes = await Promise.all(
    READS.map(async ({ name, path, run }) => {
      const sandbox = newSandbox({ allowTakeover: true });
      const accountId = await firstAccount(sandbox.client());
      await sandbox.fault({ kind, ...details, times: 1, match: { path } });
      const outcome = await codeOf(run(sandbox.client(), accountId));
      const next = kind === 'session_lost' ? null : await codeOf(run(sandbox.client(), accountId));
      return { name, isListed: codes.includes(outcome), outcome, next };
    }),
  );
  expect(outcomes.filter(({ isListed, next }) => !isListed || next !== null)).toEqual([]);
});

/** The kind of error that a read ends with; null when it ends with an answer. */
function codeOf(read: Promise<unknown>): Promise<string | null> {
  return read.then(
    () => null,
    (error) => error.kind ?? String(error),
  );
}

test("reads kept to IBKR's limits never meet a 429", async () => {
  const strict = await startSimulator({ port: 0, nightlyReset: false, pacing: true });
  const connection = new IbkrConnection({
    transport: sandboxTransport({ simulatorUrl: strict.url, connectionId: 'paced' }),
    store: inMemorySessionStore(),
  });
  const accountId = await firstAccount(connection.client());
  const once = READS.filter(({ name }) => name !== 'transactions');
  await Promise.all(once.map((read) => read.run(connection.client(), accountId)));
  await Promise.all([connection.close(), strict.close()]);
});

test('a slow IBKR is given up on in time', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  await sandbox.fault({ kind: 'delay', delayMs: 5_000, times: 1, match: { path: '/portfolio/*/ledger' } });
  const client = sandbox.connection.client({ budgetMs: 200 });
  await expect(getLedger(client, accountId)).rejects.toMatchObject({ kind: 'timed_out' });
});

test('who shares a slow read is not bound by the deadline of who started it', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  await sandbox.fault({ kind: 'delay', delayMs: 600, times: 1, match: { path: '/portfolio/*/ledger' } });
  const [hasty, patient] = await Promise.allSettled([
    getLedger(sandbox.connection.client({ budgetMs: 200 }), accountId),
    getLedger(sandbox.client(), accountId),
  ]);
  expect([hasty.status, patient.status]).toEqual(['rejected', 'fulfilled']);
  expect((await sandbox.requests())[`GET /portfolio/${accountId}/ledger`]).toBe(1);
});

test('an IBKR that cannot be reached is said so at once, without a retry', async () => {
  const simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  await simulator.close();
  const connection = new IbkrConnection({
    transport: sandboxTransport({ simulatorUrl: simulator.url, connectionId: 'gone' }),
    store: inMemorySessionStore(),
  });
  const client = connection.client();
  await expect(getAccounts(client)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(client.upstreamCalls).toBe(1);
  await connection.close();
});

test('a 429 pauses the connection and everything that shares its record', async () => {
  const sandbox = newSandbox({ penaltyMs: 60_000 });
  const accountId = await firstAccount(sandbox.client());
  await sandbox.fault({ kind: 'status', status: 429, times: 1 });
  const limited = await getLedger(sandbox.client(), accountId).catch((error) => error);
  expect(limited).toMatchObject({ kind: 'rate_limited', retryAfter: 60 });
  const client = sandbox.client();
  await expect(getPositions(client, accountId)).rejects.toMatchObject({ kind: 'rate_limited' });
  expect(client.upstreamCalls).toBe(0);
});

test('what IBKR says in its refusals stays out of the message', async () => {
  const sandbox = newSandbox();
  const accountId = await firstAccount(sandbox.client());
  const body = { error: `detail of ${accountId} <b>inside</b>` };
  await sandbox.fault({
    kind: 'status',
    status: 400,
    body,
    times: 1,
    match: { path: '/portfolio/*/ledger' },
  });
  const error = await getLedger(sandbox.client(), accountId).catch((caught) => caught);
  expect(error).toBeInstanceOf(BrokerError);
  expect(JSON.stringify([error.message, wordsOf(error)])).not.toMatch(new RegExp(`${accountId}|inside`));
});
