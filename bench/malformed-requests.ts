/**
 * Sends malformed requests to every function, each in a process of Google's functions framework as when it is deployed,
 * and tells what came: `npm run malformed -- --requests 20000 --seed 1`.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { Firestore } from 'firebase-admin/firestore';
import { createConnection } from '../functions/src/store/connections.ts';
import { accountServer, idTokenOf, PROJECT } from '../functions/src/testing/console/id-token.ts';
import { type RunningFunction, startFunction } from '../functions/src/testing/runtime/function-process.ts';
import { newOauthKeys } from '../local/src/data/secret-keys.ts';
import { startFirestoreServer } from '../local/src/firestore/server.ts';
import { startSimulator } from '../simulator/src/server.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '8' },
  },
});
/** What is loaded and compiled by then grows no more. */
const WARM_UP = 1_000;
const GIVEN_UP_MS = 60_000;
const SETTLES_MS = 3_000;
const ORIGIN = 'http://127.0.0.1:1';
/** What strangers can call is sent most. */
const WEIGHTS = {
  mcp: 6,
  api: 6,
  oauth: 4,
  signIn: 1,
  sessionUpkeep: 1,
  orderUpkeep: 1,
  newsDelivery: 1,
  ownNewsDelivery: 1,
  upkeepSchedule: 1,
  accountDeleted: 1,
};
type Name = keyof typeof WEIGHTS;
const NAMES = Object.keys(WEIGHTS) as Name[];

interface Malformed {
  name: Name;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

interface Came {
  sent: Malformed;
  /** 0: the connection ended without an answer, as some of these deserve. */
  status: number;
  text: string;
  milliseconds: number;
}

const vaultKeys = `bench:${randomBytes(32).toString('base64')}`;
const firestore = await startFirestoreServer({ port: 0 });
const simulator = await startSimulator({ port: 0, nightlyReset: false });
const people = accountServer();
await once(people.listen(0, '127.0.0.1'), 'listening');
const host = `127.0.0.1:${firestore.port}`;
const db = new Firestore({ projectId: PROJECT, host, ssl: false });
const fields = { ownerUid: 'somebody', kind: 'sandbox', mode: 'paper', label: 'Sandbox' } as const;
const { apiKey } = (await createConnection(db, fields)).key;
const env = {
  PUBLIC_ORIGIN: ORIGIN,
  LOCAL_MODE: 'true',
  CALLS_PER_MINUTE: '60000',
  GCLOUD_PROJECT: PROJECT,
  VAULT_KEYS: vaultKeys,
  SIGN_IN_KEYS: `bench:${randomBytes(32).toString('base64')}`,
  OAUTH_KEYS: newOauthKeys(),
  SIMULATOR_URL: simulator.url,
  FIRESTORE_EMULATOR_HOST: host,
  METADATA_SERVER_DETECTION: 'none',
  FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${(people.address() as AddressInfo).port}`,
  NODE_ENV: 'production',
};
const functions = new Map<Name, RunningFunction>();
try {
  for (const name of NAMES) {
    const signature = name === 'accountDeleted' ? 'cloudevent' : 'http';
    functions.set(name, await startFunction(name, { ...env, FUNCTION_SIGNATURE_TYPE: signature }));
  }
  await played(WARM_UP, Number(values.seed) - 1);
  const before = await heldByAll();
  const from = Date.now();
  const came = await played(Number(values.requests), Number(values.seed));
  const seconds = Math.round((Date.now() - from) / 1_000);
  const after = await heldByAll();
  tell(came, { seconds, before, after });
  process.exitCode = came.some(isFault) ? 1 : 0;
} finally {
  await Promise.all([...functions.values()].map((running) => running.stop()));
  await Promise.all([firestore.stop(), simulator.close(), db.terminate()]);
  people.closeAllConnections();
  people.close();
}

async function played(count: number, seed: number): Promise<Came[]> {
  const requests = fc.sample(malformed(), { numRuns: count, seed });
  const came: Came[] = [];
  const play = async () => {
    for (let next = requests.pop(); next !== undefined; next = requests.pop()) came.push(await send(next));
  };
  await Promise.all(Array.from({ length: Number(values.parallel) }, play));
  return came;
}

/** By function, in MiB after a garbage collection. A function that has ended answers nothing, and that is an error. */
async function heldByAll(): Promise<Map<Name, number>> {
  await delay(SETTLES_MS);
  const held = new Map<Name, number>();
  for (const [name, running] of functions) held.set(name, await running.heldMiB());
  return held;
}

/** A server's fault, or words that only who runs it should read. */
function isFault({ status, text }: Came): boolean {
  return status >= 500 || /\n\s+at .+:\d+:\d+|node_modules|Error: /.test(text);
}

function tell(
  came: readonly Came[],
  { seconds, before, after }: { seconds: number; before: Map<Name, number>; after: Map<Name, number> },
) {
  console.table(
    Object.fromEntries(
      NAMES.map((name) => {
        const its = came.filter(({ sent }) => sent.name === name);
        const statuses = Object.entries(Object.groupBy(its, ({ status }) => status));
        const slowest = Math.max(0, ...its.map(({ milliseconds }) => milliseconds));
        const held = after.get(name) ?? 0;
        return [
          name,
          {
            requests: its.length,
            statuses: statuses.map(([status, all = []]) => `${status}: ${all.length}`).join(', '),
            'slowest, ms': slowest,
            'MiB held': Math.round(held),
            'MiB more': Math.round(held - (before.get(name) ?? 0)),
          },
        ];
      }),
    ),
  );
  console.log(`${came.length} requests in ${seconds} s, ${came.filter(isFault).length} answered as faults`);
  for (const { sent, status, text } of came.filter(isFault).slice(0, 20)) {
    const { name, method, path, headers, body } = sent;
    const asked = `${method} ${path} ${JSON.stringify(headers)} ${body.subarray(0, 200).toString()}`;
    console.log(`${name}: ${status} to ${asked}: ${text.slice(0, 300)}`);
  }
}

/** Mostly the right one, else one of the wrong ones. */
function seldom(right: string, ...wrong: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(right), weight: 9 },
    { arbitrary: fc.constantFrom(...wrong), weight: 1 },
  );
}

/** Requests of which hardly one is right, many of them nearly. */
function malformed(): fc.Arbitrary<Malformed> {
  const idToken = idTokenOf('somebody');
  const queue = Buffer.from('{"sub":"queue"}').toString('base64url');
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(1e308, -0, 2 ** 60, '', ' ', '\u0000', '__proto__', '../..', [], {}, null, true),
    fc
      .constantFrom('[]', '{}')
      .chain((pair) =>
        fc.nat({ max: 5_000 }).map((depth) => `${pair[0]?.repeat(depth)}${pair[1]?.repeat(depth)}`),
      ),
    text,
  );
  const tool = fc.constantFrom(
    'place_order',
    'get_quote',
    'get_orders',
    'modify_order',
    'search_security',
    'x',
    '',
  );
  const member = fc.constantFrom(
    'symbol',
    'quantity',
    'side',
    'order_id',
    'account_id',
    'limit_price',
    '__proto__',
    'x',
  );
  const call = fc.record(
    {
      jsonrpc: fc.oneof(fc.constant('2.0'), odd),
      id: fc.oneof(fc.nat(), odd),
      method: fc.oneof(
        fc.constantFrom('tools/call', 'tools/list', 'initialize', 'ping', 'resources/list'),
        odd,
      ),
      params: fc.oneof(odd, fc.record({ name: fc.oneof(tool, odd), arguments: fc.dictionary(member, odd) })),
    },
    { requiredKeys: [] },
  );
  const asJson = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
  const body = fc.oneof(
    call.map(asJson),
    fc.array(call, { maxLength: 25 }).map(asJson),
    fc.dictionary(fc.oneof(member, text), odd).map(asJson),
    fc.tuple(call, fc.nat()).map(([value, cut]) => asJson(value).subarray(0, cut % 100)),
    fc.nat({ max: 100_000 }).map((depth) => Buffer.from(`{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)),
    fc.nat({ max: 200_000 }).map((length) => Buffer.from(JSON.stringify({ x: 'a'.repeat(length) }))),
    fc
      .record({ data: fc.oneof(odd, fc.record({ connectionIds: fc.array(odd), connectionId: odd })) })
      .map(asJson),
    fc
      .record({ data: fc.record({ oldValue: odd, value: odd }), specversion: odd, type: odd, id: odd })
      .map(asJson),
    bytes,
  );
  const segment = fc.oneof(
    text.map(encodeURIComponent),
    fc.constantFrom('..', '.', '%ff', '%', '%00', '%2e%2e', 'x'.repeat(2_000), '__proto__'),
  );
  const parameter = fc.constantFrom(
    'cursor',
    'limit',
    'connectionId',
    'outcome',
    'app',
    'client_id',
    'resource',
  );
  const known: Partial<Record<Name, string[]>> = {
    mcp: ['/mcp', '/mcp', '/mcp/', '/'],
    api: [
      ...['/api/me', '/api/connections', '/api/audit', '/api/audit/records', '/api/intents', '/api/keys'],
      ...[
        '/api/apps',
        '/api/config',
        '/api/account/data',
        '/api/connections/check',
        '/api/reference',
        '/api/news',
      ],
    ],
    oauth: [
      ...['/oauth/token', '/oauth/revoke', '/oauth/register', '/oauth/authorize', '/oauth/jwks'],
      ...['/api/consent', '/.well-known/oauth-authorization-server'],
      '/.well-known/oauth-protected-resource/mcp',
    ],
  };
  const pathOf = (name: Name) =>
    fc
      .tuple(
        fc.constantFrom(...(known[name] ?? ['/'])),
        fc.array(segment, { maxLength: 2 }),
        fc.option(fc.tuple(fc.oneof(segment, parameter), fc.oneof(segment, fc.constant('audit/__x__')))),
      )
      .map(
        ([begin, more, query]) => [begin, ...more].join('/') + (query === null ? '' : `?${query.join('=')}`),
      );
  const headers = fc.record(
    {
      Authorization: fc.oneof(
        fc.constantFrom(`Bearer ${apiKey}`, `Bearer ${idToken}`, `Bearer e30.${queue}.sig`),
        seldom(`Bearer ${apiKey}`, `Bearer ${apiKey}x`, 'Bearer', 'Basic x', 'Bearer a.b.c'),
      ),
      'Content-Type': fc.constantFrom(
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'x',
        '',
      ),
      'Content-Encoding': seldom('identity', 'gzip', 'br', 'x'),
      Accept: fc.constantFrom('*/*', 'application/json', 'text/event-stream', 'x', ''),
      Origin: seldom(ORIGIN, 'null', 'https://evil.example', 'x'),
      Cookie: fc.constantFrom('__session=x', '__session=; __session=', '=', 'a'.repeat(3_000)),
      'If-Match': fc.constantFrom('*', '"x"', 'W/"1"', '-1'),
      'Mcp-Protocol-Version': fc.constantFrom('2026-07-28', '2025-06-18', '1', 'x'),
      'Mcp-Name': fc.constantFrom('place_order', 'x', ''),
      'Mcp-Session-Id': fc.constantFrom('x', ''),
      'Ce-Id': fc.constantFrom('1', ''),
      'Ce-Type': seldom('google.firebase.auth.user.v2.deleted', 'x', ''),
      'Ce-Source': fc.constantFrom('//identitytoolkit.googleapis.com/projects/demo-test', 'x'),
      'Ce-Specversion': seldom('1.0', '9', 'x'),
    },
    { requiredKeys: [] },
  );
  const method = fc.constantFrom(
    'POST',
    'POST',
    'POST',
    'GET',
    'PATCH',
    'PUT',
    'DELETE',
    'OPTIONS',
    'HEAD',
    'TRACE',
  );
  return fc
    .oneof(...NAMES.map((name) => ({ arbitrary: fc.constant(name), weight: WEIGHTS[name] })))
    .chain((name) => fc.record({ name: fc.constant(name), method, path: pathOf(name), headers, body }));
}

/** Sends one request as it is. */
function send(sent: Malformed): Promise<Came> {
  const from = Date.now();
  const { promise, resolve } = Promise.withResolvers<Came>();
  const end = (status: number, text: string) =>
    resolve({ sent, status, text, milliseconds: Date.now() - from });
  const { name, method, path, headers, body } = sent;
  const port = functions.get(name)?.port;
  const framed = { Host: new URL(ORIGIN).host, 'Content-Length': body.length, ...headers };
  const asking = request({ hostname: '127.0.0.1', port, method, path, headers: framed }, async (response) => {
    const chunks = await response.toArray().catch(() => []);
    end(response.statusCode ?? 0, Buffer.concat(chunks).toString());
  });
  asking.setTimeout(GIVEN_UP_MS, () => asking.destroy());
  asking.on('error', () => end(0, ''));
  asking.end(body);
  return promise;
}
