import { expect, it } from 'vitest';
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

it('leaves to IBKR what IBKR says', () => {
  const request: IbkrRequest = { method: 'GET', path: '/iserver/secdef/search' };
  const body = JSON.stringify({ error: 'Access denied for this contract' });
  expect(gatewayWords(refusal(request, { status: 403, body }))).toBe(null);
  expect(gatewayWords(refusal(request, { status: 500, body: '' }))).toBe(null);
  const odd = new BrokerError({ name: 'unexpected_answer' }, { endpoint: 'GET /iserver/secdef/search' });
  expect(gatewayWords(odd)).toBe(null);
  expect(gatewayWords(new BrokerError({ name: 'signed_out' }))).toBe(null);
});
