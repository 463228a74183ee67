/** What signing in does where IBKR's pages answer what they never did: it stops, says so, and sends nothing more. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../../simulator/src/server.ts';
import { closeAfterFile } from '../../testing/after-file.ts';
import { inMemoryUnfinished, managedPeople } from '../../testing/people/managed-people.ts';
import { BrokerError } from '../errors.ts';
import { parseManagedCredentials } from './managed-credentials.ts';
import { letSignIn, managedSession } from './managed-login.ts';
import { mayFollow } from './pages.ts';

let simulator: RunningSimulator;
const { person, control } = managedPeople(() => simulator);

/** The page, or the step of it, whose next answers are odd, and how; it stands between the client and the simulator. */
let odd: { place: string; answer: (response: ServerResponse, usual: Answer) => void } | null = null;
/** What was asked for from the odd answer on. */
let after: string[] = [];
let between: string;

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  between = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeAfterFile(async () => {
    server.closeAllConnections();
    server.close();
    await simulator.close();
  });
});

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let form = '';
  for await (const chunk of request) form += chunk;
  const [path = ''] = (request.url ?? '').split('?');
  const place = new URLSearchParams(form).get('ACTION') ?? path.split('/').at(-1) ?? '';
  if (odd !== null && (after.length > 0 || odd.place === place)) after.push(place);
  const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
  const usual = await fetch(simulator.url + request.url, {
    method: request.method ?? 'GET',
    headers,
    redirect: 'manual',
    ...(form !== '' && { body: form }),
  });
  const answer = { status: usual.status, headers: usual.headers, body: await usual.text() };
  if (odd?.place === place) return odd.answer(response, answer);
  write(response, answer);
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  const location = headers.get('location');
  response.writeHead(status, {
    ...(location !== null && { location: location.replace(/^http:\/\/[^/]+/, between) }),
    'set-cookie': headers.getSetCookie(),
  });
  response.end(body);
}

const PLACES = ['Login', 'INIT', 'COMPLETEAUTH', 'COMPLETEAUTH_1', 'COMPLETETWOFACT', 'Dispatcher'] as const;
type Place = (typeof PLACES)[number];

/** Signs in past an odd answer. @returns how that ended. */
async function signIn(place: Place, answer: NonNullable<typeof odd>['answer']): Promise<unknown> {
  const hasFactor = place === 'COMPLETEAUTH_1' || place === 'COMPLETETWOFACT';
  const { username, user, attempts } = await person(hasFactor ? { secondFactors: ['4.2'] } : {});
  const input = { username, password: user.password, signInUrl: between };
  const credentials = parseManagedCredentials(input, true, { localMode: true });
  const options = { attempts, connectionId: username, owner: 'owner', unfinished: inMemoryUnfinished() };
  const act = { act: 'ask' } as const;
  odd = null;
  if (place === 'COMPLETETWOFACT') {
    await managedSession(credentials, { ...options, act }).catch(() => {});
    await letSignIn(attempts, username, 'owner');
  }
  [odd, after] = [{ place, answer }, []];
  try {
    const now = place === 'COMPLETETWOFACT' ? { act: 'code' as const, code: '123456' } : act;
    return await managedSession(credentials, { ...options, act: now });
  } catch (error) {
    return error;
  } finally {
    odd = null;
    await control('DELETE', `sign-ins?user=${username}`);
  }
}

function problemOf(error: unknown): string {
  return error instanceof BrokerError ? error.problem.name : `no error of IBKR's: ${error}`;
}

const says =
  (status: number, body: string, headers: Record<string, string | string[]> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);

const HTML =
  '<!doctype html><html><body><h1>We are improving our site</h1><p>live mode paper</p></body></html>';

describe.each(PLACES)('where %s', (place) => {
  test.each([
    ['fails', says(500, HTML), ['server_error']],
    ['is kept away by a firewall', says(403, HTML), ['server_error']],
    ['is asked too often', says(429, ''), ['rate_limited']],
    ['has 3 MiB', says(200, 'a'.repeat(3 * 1024 * 1024)), ['unreachable', 'no_answer']],
    [
      'ends before its answer',
      (response: ServerResponse) => void response.destroy(),
      ['unreachable', 'no_answer'],
    ],
    ['leads elsewhere', says(302, '', { location: 'https://ibkr.com.example.net/sso' }), ['sign_in_changed']],
    ['leads to no address', says(302, '', { location: 'http://[' }), ['sign_in_changed']],
    ['leads to a script', says(302, '', { location: 'javascript:alert(1)' }), ['sign_in_changed']],
    ['wants the form again', says(307, '', { location: '/sso/Elsewhere' }), ['sign_in_changed']],
  ])('%s, it ends there', async (_, answer, problems) => {
    expect(problems).toContain(problemOf(await signIn(place, answer)));
    expect(after).toEqual([place]);
  });

  test('leads round in circles, it ends', async () => {
    const ended = await signIn(place, says(302, '', { location: `/sso/${place}` }));
    expect(problemOf(ended)).toBe('sign_in_changed');
  });
});

const STEPS = ['INIT', 'COMPLETEAUTH', 'COMPLETEAUTH_1', 'COMPLETETWOFACT'] as const;

describe.each(STEPS)('where the answer to %s', (place) => {
  test.each([
    ['is a page', HTML],
    ['is empty', ''],
    ['is null', 'null'],
    ['is a list', '[]'],
    ['is a number', '17'],
    ['is a text', '"true"'],
    ['is cut', '{"M2":"ab'],
    ['is deep', '['.repeat(100_000)],
    ['says what is not known', '{"error":"Please accept our new terms"}'],
    ['has fields of other types', '{"B":1,"M2":{},"two_factor":"SWTK","auth_res":"maybe"}'],
    ['is XML without end', '<type '.repeat(200_000)],
    [
      'has a refusal at the end of a long text',
      JSON.stringify({ error: `${'as we said '.repeat(50)}Invalid username password combination` }),
    ],
    ['is long', JSON.stringify({ M2: 'ab', two_factor: { type: 'SWTK' }, more: 'a'.repeat(100_000) })],
  ])('%s, sign-in has changed', async (_, body) => {
    expect(problemOf(await signIn(place, says(200, body)))).toBe('sign_in_changed');
    expect(after).toEqual([place]);
  });
});

describe('where INIT answers', () => {
  const changed = (change: object) => (response: ServerResponse, usual: Answer) => {
    const fields = { ...JSON.parse(usual.body), ...change };
    write(response, { ...usual, body: JSON.stringify(fields) });
  };
  test.each([
    ...['B', 's', 'rsapub', 'N', 'g', 'hash', 'proto'].map((name) => [{ [name]: null }] as const),
    [{ B: '0' }],
    [{ B: 'f'.repeat(2_000) }],
    [{ N: '17' }],
    [{ g: '3' }],
    [{ rsapub: '03' }],
    [{ rsapub: `${'f'.repeat(250)}` }],
    [{ lp: 'perhaps' }],
  ] as readonly (readonly [object])[])('%j, no password leaves', async (change) => {
    expect(problemOf(await signIn('INIT', changed(change)))).toBe('sign_in_changed');
    expect(after).toEqual(['INIT']);
  });
});

test.each([
  ['no name', ''],
  ['no name and a value', '=only a value'],
  ['no value', 'USERID'],
  ['a domain of everybody', 'a=b; Domain=com; Path'],
  ['odd attributes', 'a=b; Domain=example.net; Path=nowhere; Max-Age=soon; Expires=never; SameSite=Odd'],
  ['letters beyond ASCII', 'a=\u00e9\u00ff"quoted"'],
  ['the name of a prototype', '__proto__=x; Path=/'],
  ['nine thousand characters', `a=${'x'.repeat(9_000)}`],
])('a cookie with %s is no trouble', async (_, cookie) => {
  const ended = await signIn('INIT', (response, usual) => {
    response.writeHead(200, { 'set-cookie': [...usual.headers.getSetCookie(), cookie] });
    response.end(usual.body);
  });
  expect(ended).toHaveProperty('token');
});

test('redirects are followed over HTTPS to hosts of IBKR’s, and to nobody else', () => {
  const base = new URL('https://ndcdyn.interactivebrokers.com');
  const follows = (to: string) => mayFollow(base, new URL(to));
  for (const to of ['https://www.interactivebrokers.com/sso', 'https://api.ibkr.com/', 'https://ibkr.com/']) {
    expect(follows(to), to).toBe(true);
  }
  for (const to of [
    'http://www.interactivebrokers.com/sso',
    'https://interactivebrokers.com.example.net/',
    'https://www.interactivebrokers.com@example.net/',
    'https://example.net/?www.interactivebrokers.com',
    'https://example.net/#.ibkr.com',
    'https://evilibkr.com/',
    'https://ibkr.com.',
    'https://ibkr.co/',
    'https://127.0.0.1/',
    'https://localhost/',
    'ftp://www.interactivebrokers.com/',
  ]) {
    expect(follows(to), to).toBe(false);
  }
});
