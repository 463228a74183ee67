import { expect, test } from 'vitest';
import { callProvider } from './provider-call.ts';

test('an answer in several parts, of text and of bytes, arrives whole', async () => {
  const answer = await callProvider(
    async (_, outgoing) => {
      outgoing.write('{"a":');
      outgoing.write(new TextEncoder().encode('"é"'));
      outgoing.end('}');
    },
    'https://gateway.example.com',
    { method: 'GET', target: '/oauth/jwks', headers: new Headers() },
  );
  expect(await answer.json()).toEqual({ a: 'é' });
});

test('a redirect has no page of its own, and no cookie of the provider gets out', async () => {
  const answer = await callProvider(
    async (_, outgoing) => {
      outgoing.statusCode = 303;
      outgoing.setHeader('location', '/consent/1');
      outgoing.setHeader('set-cookie', 'secret=1');
      outgoing.setHeader('content-type', 'text/html');
      outgoing.end('<a href="/consent/1">here</a>');
    },
    'https://gateway.example.com',
    { method: 'GET', target: '/oauth/authorize', headers: new Headers() },
  );
  expect([...answer.headers]).toEqual([['location', '/consent/1']]);
  expect([answer.status, await answer.text()]).toEqual([303, '']);
});
