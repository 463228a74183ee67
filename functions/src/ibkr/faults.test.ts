/** Every way in which an exchange fails, met by every read: a right answer or a listed error, and then it works. */

import { expect, test } from 'vitest';
import { startSimulator } from '../../../simulator/src/server.ts';
import { getAccountSummary } from './account-summary.ts';
import { getAccounts } from './accounts.ts';
import type { IbkrClient } from './client.ts';
import { IbkrConnection } from './connection.ts';
import { getContractDetails } from './contract-details.ts';
import { resolveContract, searchContracts } from './contracts.ts';
import { getExchangeRate } from './exchange-rate.ts';
import { getHistory } from './history.ts';
import { IbkrError } from './ibkr-error.ts';
import { getQuotes } from './market-data.ts';
import { getLiveOrders } from './orders.ts';
import { getPnl } from './pnl.ts';
import { getLedger, getPositions } from './portfolio.ts';
import { newSandbox, useSimulator } from './sandbox-fixture.ts';
import { sandboxTransport } from './sandbox-transport.ts';
import { inMemorySessionStore } from './session-store.ts';
import { getTrades } from './trades.ts';

useSimulator(() => startSimulator({ port: 0, pacing: false }));

interface Read {
  name: string;
  /** The request that fails; `*` is anything. */
  path: string;
  run(client: IbkrClient, accountId: string): Promise<unknown>;
}

const READS: readonly Read[] = [
  { name: 'accounts', path: '/iserver/accounts', run: getAccounts },
  { name: 'positions', path: '/portfolio/*/positions/0', run: getPositions },
  { name: 'ledger', path: '/portfolio/*/ledger', run: getLedger },
  { name: 'summary', path: '/portfolio/*/summary', run: getAccountSummary },
  { name: 'P&L', path: '/iserver/account/pnl/partitioned', run: getPnl },
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
  { name: 'details', path: '/iserver/contract/*', run: (client) => getContractDetails(client, 265598) },
  {
    name: 'exchange rate',
    path: '/iserver/exchangerate',
    run: (client) => getExchangeRate(client, { source: 'USD', target: 'EUR' }),
  },
];

/** What a read may end with when its request fails once that way; null is an answer. */
const FAULTS: readonly { kind: string; details?: object; codes: readonly (string | null)[] }[] = [
  { kind: 'status', details: { status: 500 }, codes: [null, 'ibkr_unavailable', 'not_found'] },
  { kind: 'status', details: { status: 503 }, codes: [null, 'ibkr_unavailable', 'not_found'] },
  { kind: 'status', details: { status: 401, body: '' }, codes: [null] },
  {
    kind: 'status',
    details: { status: 403, body: '<html>Access Denied</html>' },
    codes: ['ibkr_rejected'],
  },
  {
    kind: 'status',
    details: { status: 400, body: { error: 'Bad Request: no bridge', statusCode: 400 } },
    codes: [null],
  },
  { kind: 'status', details: { status: 200, body: { error: 'no session' } }, codes: [null] },
  { kind: 'delay', details: { delayMs: 300 }, codes: [null] },
  { kind: 'reset', codes: [null] },
  { kind: 'reset_after_accept', codes: [null] },
  { kind: 'malformed', codes: ['ibkr_unexpected_answer'] },
  { kind: 'competing', codes: [null, 'session_competing'] },
  { kind: 'session_lost', codes: ['session_expired'] },
];

test.concurrent.each(READS.flatMap((read) => FAULTS.map((fault) => ({ ...fault, read, at: read.name }))))(
  '$at, $kind $details',
  async ({ read, kind, details, codes }) => {
    const sandbox = newSandbox({ allowTakeover: true });
    const { selected } = await getAccounts(sandbox.client());
    await sandbox.fault({ kind, ...details, times: 1, match: { path: read.path } });
    const code = await read.run(sandbox.client(), selected).then(
      () => null,
      (error) => error.code,
    );
    expect(codes).toContain(code);
    if (kind === 'session_lost') return;
    await read.run(sandbox.client(), selected);
  },
);

test('a slow IBKR is given up on in time', async () => {
  const sandbox = newSandbox();
  const { selected } = await getAccounts(sandbox.client());
  await sandbox.fault({ kind: 'delay', delayMs: 5_000, times: 1, match: { path: '/portfolio/*/ledger' } });
  const client = sandbox.connection.client({ budgetMs: 200 });
  await expect(getLedger(client, selected)).rejects.toMatchObject({ code: 'ibkr_timeout' });
});

test('an IBKR that cannot be reached is said so at once, without a retry', async () => {
  const simulator = await startSimulator({ port: 0, pacing: false });
  await simulator.close();
  const connection = new IbkrConnection({
    transport: sandboxTransport({ simulatorUrl: simulator.url, connectionId: 'gone' }),
    store: inMemorySessionStore(),
  });
  const client = connection.client();
  await expect(getAccounts(client)).rejects.toMatchObject({ code: 'ibkr_unavailable' });
  expect(client.upstreamCalls).toBe(1);
  await connection.close();
});

test('a 429 pauses the connection and everything that shares its record', async () => {
  const sandbox = newSandbox({ penaltyMs: 60_000 });
  const { selected } = await getAccounts(sandbox.client());
  await sandbox.fault({ kind: 'status', status: 429, times: 1 });
  const limited = await getLedger(sandbox.client(), selected).catch((error) => error);
  expect(limited).toMatchObject({ code: 'ibkr_rate_limited', retryAfter: 60 });
  const client = sandbox.client();
  await expect(getPositions(client, selected)).rejects.toMatchObject({ code: 'ibkr_rate_limited' });
  expect(client.upstreamCalls).toBe(0);
});

test('what IBKR says in its refusals stays out of the message', async () => {
  const sandbox = newSandbox();
  const { selected } = await getAccounts(sandbox.client());
  const body = { error: `detail of ${selected} <b>inside</b>` };
  await sandbox.fault({
    kind: 'status',
    status: 400,
    body,
    times: 1,
    match: { path: '/portfolio/*/ledger' },
  });
  const error = await getLedger(sandbox.client(), selected).catch((caught) => caught);
  expect(error).toBeInstanceOf(IbkrError);
  expect(JSON.stringify(error.toPublic())).not.toMatch(new RegExp(`${selected}|inside`));
});
