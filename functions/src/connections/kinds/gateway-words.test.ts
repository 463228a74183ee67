import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerError } from '../../broker/errors.ts';
import { noAnswerError, refusal, timeoutError } from '../../broker/wire/ibkr-error.ts';
import { type IbkrRequest, TransportError } from '../../broker/wire/request.ts';
import { gatewayWords } from './gateway-words.ts';

const STATUS: IbkrRequest = { method: 'POST', path: '/iserver/auth/status' };
const unreached = (code: string) =>
  noAnswerError(
    STATUS,
    new TransportError('unreachable', false, code, { cause: Object.assign(new Error(code), { code }) }),
  );
const message = (error: BrokerError) => gatewayWords(error)?.message;

it.each([
  ['ENOTFOUND', /name .* was not found/],
  ['EAI_AGAIN', /name .* was not found/],
  ['ECONNREFUSED', /refuses connections/],
  ['EHOSTUNREACH', /no way to the address/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak HTTPS/],
  ['EPROTO', /does not speak HTTPS/],
  ['UND_ERR_SOCKET', /broke before/],
])('says of %s what it means', (code, words) => {
  expect(message(unreached(code))).toMatch(words);
});

it('tells a gateway that is silent from one to which there is no connection', () => {
  expect(message(noAnswerError(STATUS, new TransportError('timeout', true, 'late')))).toMatch(
    /took the call/,
  );
  expect(message(noAnswerError(STATUS, new TransportError('timeout', false, 'late')))).toMatch(
    /No connection/,
  );
  expect(message(timeoutError(STATUS))).toMatch(/did not answer in time/);
});

describe('an error without words at the first call', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const answered = (status: number, body: string, now: string) => {
    vi.useFakeTimers({ now: new Date(now) });
    return message(refusal(STATUS, { status, body }));
  };

  it.each([500, 503, 520])('is one of what answers there: %i', (status) => {
    const afternoon = '2026-11-30T18:30:00Z';
    expect(answered(status, '<h1>Error</h1>', afternoon)).toBe(
      `What answers at the address of your gateway fails (${status}).`,
    );
    expect(answered(status, '{"error":"Please query /accounts first"}', afternoon)).toBe(undefined);
  });

  it('is IBKR’s while it resets its sessions', () => {
    expect(answered(503, '<h1>Error</h1>', '2026-12-01T05:00:00Z')).toBe(undefined);
  });
});

it('leaves to IBKR what IBKR says', () => {
  const request: IbkrRequest = { method: 'GET', path: '/iserver/secdef/search' };
  const body = JSON.stringify({ error: 'Access denied for this contract' });
  expect(gatewayWords(refusal(request, { status: 403, body }))).toBe(null);
  expect(gatewayWords(refusal(request, { status: 500, body: '' }))).toBe(null);
  const odd = new BrokerError({ name: 'unexpected_answer' }, { endpoint: 'GET /iserver/secdef/search' });
  expect(gatewayWords(odd)).toBe(null);
  expect(gatewayWords(new BrokerError({ name: 'signed_out' }))).toBe(null);
});
