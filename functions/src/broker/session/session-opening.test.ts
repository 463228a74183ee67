/** A session that is lost while it is opened: no argument of a call is to blame for that. */

import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../connections/broker-words.ts';
import { playIbkr, type Routes } from '../../testing/played/played-ibkr.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { getLedger } from '../accounts/portfolio.ts';
import type { ConnectionOptions } from './connection.ts';

const HEALTHY = { authenticated: true, competing: false, connected: true };
const COMPETING = { authenticated: true, competing: true, connected: true };
const NO_BRIDGE = { __status: 400, error: 'Bad Request: no bridge', statusCode: 400 };
const ACCOUNTS = { accounts: ['DU1'], selectedAccount: 'DU1', isPaper: true };
const SIGNED_OUT = { __status: 401 };

/** Answers in turn, the last one from then on. */
function turns(...answers: object[]): () => object {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? {};
}

async function opened(routes: Routes, options: Partial<ConnectionOptions> = {}) {
  const ibkr = await playIbkr({ accounts: ['DU1'] }, routes, options);
  const outcome = await getAccounts(ibkr.connection.client()).catch((error) => error);
  const inits = ibkr.asked.filter((name) => name === 'POST /iserver/auth/ssodh/init').length;
  return { outcome, inits };
}

describe.concurrent('a session that is lost while it is opened', () => {
  const taken = (status: object = COMPETING): Routes => ({
    'POST /iserver/auth/status': turns(HEALTHY, status, HEALTHY),
    'GET /iserver/accounts': turns(NO_BRIDGE, NO_BRIDGE, NO_BRIDGE, NO_BRIDGE, ACCOUNTS),
    'POST /iserver/auth/ssodh/init': HEALTHY,
  });

  it('belongs to whoever took it', async () => {
    expect(await opened(taken())).toMatchObject({ outcome: { kind: 'competing' }, inits: 0 });
  });

  it('is taken back where that is allowed', async () => {
    expect(await opened(taken(), { allowTakeover: true })).toMatchObject({
      outcome: { accounts: [{ accountId: 'DU1' }] },
      inits: 1,
    });
  });

  it('is opened again where nobody has it', async () => {
    const none = { authenticated: false, competing: false, connected: false };
    expect(await opened(taken(none))).toMatchObject({ outcome: { isPaper: true }, inits: 1 });
  });

  it.each<[string, Routes]>([
    ['accounts', { 'GET /iserver/accounts': SIGNED_OUT }],
    ['portfolio', { 'GET /portfolio/accounts': SIGNED_OUT }],
    ['status', {}],
  ])('asks for a sign-in where IBKR says so of %s', async (_, routes) => {
    const status = turns(...(Object.keys(routes).length === 0 ? [] : [HEALTHY]), SIGNED_OUT);
    expect(await opened({ ...routes, 'POST /iserver/auth/status': status })).toMatchObject({
      outcome: { kind: 'signed_out' },
    });
  });

  it('that wants another call first gets it', async () => {
    const first = { __status: 400, error: 'Bad Request: Please query /accounts first', statusCode: 400 };
    const routes = {
      'GET /portfolio/accounts': turns(first, [{ accountId: 'DU1', currency: 'EUR' }]),
      'POST /iserver/auth/ssodh/init': HEALTHY,
    };
    expect(await opened(routes)).toMatchObject({ outcome: { accounts: [{ currency: 'EUR' }] } });
  });

  it.each<[string, Routes]>([
    ['no bridge', { 'GET /iserver/accounts': NO_BRIDGE, 'POST /iserver/auth/ssodh/init': HEALTHY }],
    ['404 of the status', { 'POST /iserver/auth/status': { __status: 404 } }],
    ['403 of the accounts', { 'GET /iserver/accounts': { __status: 403 } }],
    ['400 of the accounts', { 'GET /iserver/accounts': { __status: 400, error: 'other' } }],
    ['500 of the portfolio', { 'GET /portfolio/accounts': { __status: 500, error: 'other' } }],
  ])('never blames the arguments of the call, for all of %s', async (_, routes) => {
    const { outcome } = await opened(routes);
    expect(outcome).toMatchObject({ kind: 'unavailable', maybeApplied: false });
    expect(JSON.stringify(wordsOf(outcome))).not.toMatch(/argument/);
  });
});

describe.concurrent('a 429', () => {
  const limited = { __status: 429, error: 'Too many requests' };
  const read = async (routes: Routes, options: Partial<ConnectionOptions>) => {
    const ibkr = await playIbkr({ accounts: ['DU1'] }, routes, options);
    return () => getAccounts(ibkr.connection.client()).catch((error) => error);
  };

  it('is waited out for a minute, since one call too many need be no lock', async () => {
    const ask = await read({ 'GET /iserver/accounts': limited }, {});
    expect(await ask()).toMatchObject({ kind: 'rate_limited', retryAfter: 60 });
  });

  it('to what is sent after that is a lock', async () => {
    const ask = await read({ 'GET /iserver/accounts': limited }, { firstPauseMs: 0 });
    expect(await ask()).toMatchObject({ retryAfter: 1 });
    expect((await ask()).retryAfter).toBeGreaterThan(590);
    expect((await ask()).retryAfter).toBeGreaterThan(590);
  });

  it('does not keep others from what IBKR answers again', async () => {
    const routes = { 'GET /iserver/accounts': turns(limited, ACCOUNTS) };
    const ask = await read(routes, { firstPauseMs: 0 });
    expect(await ask()).toMatchObject({ kind: 'rate_limited' });
    expect(await ask()).toMatchObject({ isPaper: true });
  });

  it('that several calls met at once is one', async () => {
    const ibkr = await playIbkr({ accounts: ['DU1'] }, {});
    await getAccounts(ibkr.connection.client());
    ibkr.set({ 'GET /portfolio/*/ledger': limited });
    const asks = ['DU1', 'DU2', 'DU3'].map((id) =>
      getLedger(ibkr.connection.client(), id).catch((error) => error),
    );
    expect((await Promise.all(asks)).map(({ retryAfter }) => retryAfter)).toEqual([60, 60, 60]);
  });
});
