import { expect, test } from 'vitest';
import { wordsOf } from '../../connections/broker-words.ts';
import { endpointName, errorText, noAnswerError, refusal } from './ibkr-error.ts';
import { TransportError } from './request.ts';

test('an endpoint is named without accounts and ids', () => {
  const name = (path: string) => endpointName({ method: 'GET', path });
  expect(name('/portfolio/DU1234567/positions/0')).toBe('GET /portfolio/{id}/positions/0');
  expect(name('/portfolio2/U1234567C/positions')).toBe('GET /portfolio2/{id}/positions');
  expect(name('/iserver/account/order/status/473740665')).toBe('GET /iserver/account/order/status/{id}');
  expect(name('/iserver/reply/07a13a5a-4a48-44a5-bb25-5ab37b79186c')).toBe('GET /iserver/reply/{id}');
  expect(name('/iserver/account/pnl/partitioned')).toBe('GET /iserver/account/pnl/partitioned');
});

test("IBKR's own words are read from a JSON body only", () => {
  expect(errorText('{"error":"Invalid account ID","statusCode":500}')).toBe('Invalid account ID');
  expect(errorText('{"error":null}')).toBeNull();
  expect(errorText('<html>Error 403 - Access Denied</html>')).toBeNull();
  expect(errorText('{"error":')).toBeNull();
  expect(errorText(JSON.stringify({ error: 'x'.repeat(65_536) }))).toBeNull();
  expect(errorText('')).toBeNull();
});

test('what IBKR answered never reaches the message', () => {
  const request = { method: 'GET', path: '/iserver/accounts' } as const;
  for (const status of [400, 403, 404, 500, 503]) {
    const error = refusal(request, { status, body: '{"error":"secret detail"}' });
    expect(JSON.stringify([error.message, wordsOf(error)])).not.toContain('secret');
    expect(error.reason).toBe('secret detail');
  }
});

test('a request may have had an effect unless it certainly never left', () => {
  const order = { method: 'POST', path: '/iserver/account/DU1/orders' } as const;
  const failure = (maybeSent: boolean) => new TransportError('reset', maybeSent, 'gone');
  expect(noAnswerError(order, failure(true)).maybeApplied).toBe(true);
  expect(noAnswerError(order, failure(false)).maybeApplied).toBe(false);
  expect(noAnswerError({ ...order, method: 'GET' }, failure(true)).maybeApplied).toBe(false);
});
