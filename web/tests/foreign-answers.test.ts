/** What stands between the console and the API, such as a proxy, may answer in its place, and say that all is well. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiClient } from '../src/api/client/api-client.ts';
import { failureWords } from '../src/format/words/failure-words.ts';

const PAGE = '<!doctype html><title>Sign in to this network</title>';

const server = createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PAGE);
});
let address: string;

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function openApi() {
  const client = apiClient(
    { getIdToken: async () => 'token' },
    { onSignedOut: () => expect.unreachable(), askToSignInAgain: async () => expect.unreachable() },
  );
  Object.assign(client.defaults, { baseURL: address, proxy: false });
  return client;
}

const titleOfFailure = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable('It was taken for an answer.'),
    (error: unknown) => failureWords(error).title,
  );

it('a page in place of what was read is told as what it is', async () => {
  expect(await titleOfFailure(openApi().get('/connections'))).toBe('Something else answered');
});

it('a page in place of the answer to a change leaves open whether it was made', async () => {
  expect(await titleOfFailure(openApi().patch('/connections/1', {}))).toBe('The answer was lost');
});
