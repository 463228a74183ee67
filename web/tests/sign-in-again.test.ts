/** Calls that the API answers only to whoever signed in lately. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { apiClient } from '../src/api/client/api-client.ts';
import { SignInRequest } from '../src/features/sign-in/sign-in-request.ts';
import { failureWords, needsNewSignIn } from '../src/format/words/failure-words.ts';

/** Of ID tokens: the API takes nothing but reads from the older one. */
const [OLD, NEW] = ['old', 'new'];

/** What was asked of the API, such as `PATCH /connections/1 {"approval":"none"} old`. */
let asked: string[];
let address: string;
let token: string;
/** How many calls wait for somebody to sign in again. */
let waiting: number;
/** Whether the request to sign in again is shown, by every time that changed. */
let shown: boolean[];
let request: SignInRequest;

const server = createServer(async (call, response) => {
  const by = call.headers.authorization?.replace('Bearer ', '');
  asked.push([call.method, call.url, await text(call), by].filter(Boolean).join(' '));
  const isRefused = by === OLD && !isRead(call);
  response.writeHead(isRefused ? 403 : 200, { 'Content-Type': 'application/json' });
  const error = { code: 'sign_in_again', message: 'Nothing has been done yet.' };
  response.end(JSON.stringify(isRefused ? { error } : { did: call.url }));
});
const isRead = ({ method }: IncomingMessage) => method === 'GET';

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  token = OLD;
  waiting = 0;
  shown = [];
  request = new SignInRequest((isOpen) => shown.push(isOpen));
});

function openApi() {
  const onSignedOut = () => expect.unreachable('Nobody was signed out.');
  const askToSignInAgain = () => {
    waiting += 1;
    return request.ask();
  };
  const client = apiClient({ getIdToken: async () => token }, { onSignedOut, askToSignInAgain });
  Object.assign(client.defaults, { baseURL: address, proxy: false });
  return client;
}

const isShown = () => expect.poll(() => shown.at(-1)).toBe(true);

it('go on by themselves, as they were, once somebody has signed in again', async () => {
  const change = openApi().patch('/connections/1', { approval: 'none' });
  await isShown();
  token = NEW;
  request.answer(true);
  expect((await change).data).toEqual({ did: '/connections/1' });
  const said = 'PATCH /connections/1 {"approval":"none"}';
  expect(asked).toEqual([`${said} ${OLD}`, `${said} ${NEW}`]);
  expect(shown).toEqual([true, false]);
});

it('without a body go on, too', async () => {
  const deletion = openApi().delete('/connections/1');
  await isShown();
  token = NEW;
  request.answer(true);
  await deletion;
  expect(asked).toEqual([`DELETE /connections/1 ${OLD}`, `DELETE /connections/1 ${NEW}`]);
});

it('fail with what the API said, and are not made again, where nobody does', async () => {
  const change = openApi()
    .post('/connections/1/keys', { label: 'bot' })
    .catch((error: unknown) => error);
  await isShown();
  request.answer(false);
  const error = await change;
  expect(needsNewSignIn(error)).toBe(true);
  expect(failureWords(error).text).toBe('Nothing has been done yet.');
  expect(asked).toHaveLength(1);
  expect(shown).toEqual([true, false]);
});

it('ask once, however many wait for it, and anew the next time', async () => {
  const api = openApi();
  const changes = ['1', '2', '3'].map((id) => api.patch(`/keys/${id}`, {}));
  await expect.poll(() => waiting).toBe(3);
  token = NEW;
  request.answer(true);
  await Promise.all(changes);
  expect(shown).toEqual([true, false]);

  token = OLD;
  const late = api.patch('/keys/4', {});
  await expect.poll(() => shown).toEqual([true, false, true]);
  token = NEW;
  request.answer(true);
  await late;
});

it('ask nobody for what may be read', async () => {
  expect((await openApi().get('/apps')).data).toEqual({ did: '/apps' });
  expect(shown).toEqual([]);
});

it('take no answer to a request that is not open', async () => {
  request.answer(true);
  const answer = request.ask();
  request.answer(false);
  request.answer(true);
  expect(await answer).toBe(false);
});
