import { afterEach, describe, expect, it, vi } from 'vitest';
import { BrokerError } from '../../broker/errors.ts';
import { openingRefusal, parseStatus } from '../../broker/session/auth-status.ts';
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

it.each([
  ['/sso/Login?forwardTo=22', /nobody is signed in there/],
  ['https://gateway.example:5000/sso/Login', /nobody is signed in there/],
  ['https://proxy.example/gateway/sso/Login', /nobody is signed in there/],
  ['https://example.com/', /leads to another page \(302\)/],
  ['https://login.example.com/authorize?next=/sso/Login', /leads to another page \(302\)/],
  ['http://[', /leads to another page \(302\)/],
  [undefined, /leads to another page \(302\)/],
])('tells a gateway that nobody is signed in to from others that lead on: %s', (location, words) => {
  const answer = { status: 302, body: '', ...(location !== undefined && { location }) };
  expect(message(openingRefusal(STATUS, answer))).toMatch(words);
  expect(message(refusal(STATUS, answer))).toMatch(words);
});

it.each(['{"hello":1}', '{}', '[]', 'null', '"ok"', '<html>'])('takes %s for no gateway', (body) => {
  expect(() => parseStatus(STATUS, { status: 200, body })).toThrow(
    expect.toSatisfy((error: BrokerError) => /not as a Client Portal Gateway/.test(message(error) ?? '')),
  );
});

it.each(['{"authenticated":false}', '{"error":"Failed to process"}'])('takes %s for IBKR', (body) => {
  expect(parseStatus(STATUS, { status: 200, body })).toMatchObject({ authenticated: false });
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
