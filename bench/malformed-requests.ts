/**
 * Sends malformed requests to a stack of its own, whose functions run in Google's functions framework as deployed ones do,
 * and tells what came: `npm run malformed -- --requests 20000 --seed 1`. With `--inspect-port=0` in `NODE_OPTIONS`, as there,
 * nothing else that is debugged on this machine is in the way.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { z } from 'zod';
import type { Demo } from '../local/src/data/demo-file.ts';
import { startStack } from '../local/src/stack.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '8' },
  },
});
/** What is loaded and compiled by then grows no more. */
const WARM_UP = 500;
const GIVEN_UP_MS = 60_000;
const SETTLES_MS = 3_000;

interface Malformed {
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

const evaluated = z.object({
  id: z.number(),
  result: z.looseObject({ result: z.object({ value: z.number() }).optional() }),
});

const dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-malformed-'));
const stack = await startStack({ port: 0, simulatorPort: 0, dataDir });
try {
  const send = await player(stack.origin);
  const played = async (count: number, seed: number) => {
    const requests = fc.sample(malformed(stack.demo), { numRuns: count, seed });
    const came: Came[] = [];
    await Promise.all(
      Array.from({ length: Number(values.parallel) }, async () => {
        for (let next = requests.pop(); next !== undefined; next = requests.pop())
          came.push(await send(next));
      }),
    );
    return came;
  };
  await played(WARM_UP, Number(values.seed) - 1);
  const memory = await memoryOf(processOfHost(), join(dataDir, 'logs/host.log'));
  const before = await memory();
  const from = Date.now();
  const came = await played(Number(values.requests), Number(values.seed));
  const seconds = Math.round((Date.now() - from) / 1_000);
  const after = await memory();
  tell(came, { seconds, grown: after - before, after });
  process.exitCode = came.some(isFault) ? 1 : 0;
} finally {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** A server's fault, or words that only who runs it should read. */
function isFault({ status, text }: Came): boolean {
  return status >= 500 || /\n\s+at .+:\d+:\d+|node_modules|Error: /.test(text);
}

function tell(
  came: readonly Came[],
  { seconds, grown, after }: { seconds: number; grown: number; after: number },
) {
  const byStatus = Object.groupBy(came, ({ status }) => String(status));
  const slowest = Math.max(...came.map(({ milliseconds }) => milliseconds));
  console.table(
    Object.fromEntries(
      Object.entries(byStatus).map(([status, all = []]) => [status, { answers: all.length }]),
    ),
  );
  console.log(`${came.length} requests in ${seconds} s, the slowest took ${slowest} ms`);
  console.log(
    `memory after a garbage collection: ${mebibytes(grown)} MiB more, ${mebibytes(after)} MiB in all`,
  );
  for (const { sent, status, text } of came.filter(isFault).slice(0, 20)) {
    const { method, path, body } = sent;
    console.log(`${status} to ${method} ${path} ${body.subarray(0, 200).toString()}: ${text.slice(0, 300)}`);
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

/** Mostly the right one, else one of the wrong ones. */
function seldom(right: string, ...wrong: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constant(right), weight: 9 },
    { arbitrary: fc.constantFrom(...wrong), weight: 1 },
  );
}

/** Requests of which hardly one is right, many of them nearly. */
function malformed({ apiKey, origin }: Demo): fc.Arbitrary<Malformed> {
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
    bytes,
  );
  const segment = fc.oneof(
    text.map(encodeURIComponent),
    fc.constantFrom('..', '.', '%ff', '%', '%00', '%2e%2e', 'x'.repeat(2_000), '__proto__'),
  );
  const known = fc.constantFrom(
    ...[
      '/mcp',
      '/mcp/',
      '/api/me',
      '/api/connections',
      '/api/audit',
      '/api/intents',
      '/api/keys',
      '/api/apps',
    ],
    ...[
      '/api/config',
      '/oauth/token',
      '/oauth/revoke',
      '/oauth/register',
      '/oauth/authorize',
      '/oauth/jwks',
      '/',
    ],
    ...[
      '/.well-known/oauth-authorization-server',
      '/.well-known/oauth-protected-resource/mcp',
      '/assets',
      '/help',
    ],
  );
  const path = fc
    .tuple(known, fc.array(segment, { maxLength: 2 }), fc.option(fc.tuple(segment, segment)))
    .map(
      ([begin, more, query]) => [begin, ...more].join('/') + (query === null ? '' : `?${query.join('=')}`),
    );
  const headers = fc.record(
    {
      Authorization: seldom(`Bearer ${apiKey}`, `Bearer ${apiKey}x`, 'Bearer', 'Basic x', 'Bearer a.b.c'),
      'Content-Type': fc.constantFrom(
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'x',
        '',
      ),
      'Content-Encoding': seldom('identity', 'gzip', 'br', 'x'),
      Accept: fc.constantFrom('*/*', 'application/json', 'text/event-stream', 'x', ''),
      Origin: seldom(origin, 'null', 'https://evil.example', 'x'),
      Cookie: fc.constantFrom('__session=x', '__session=; __session=', '=', 'a'.repeat(3_000)),
      'If-Match': fc.constantFrom('*', '"x"', 'W/"1"', '-1'),
      'Mcp-Protocol-Version': fc.constantFrom('2026-07-28', '2025-06-18', '1', 'x'),
      'Mcp-Name': fc.constantFrom('place_order', 'x', ''),
      'Mcp-Session-Id': fc.constantFrom('x', ''),
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
  return fc.record({ method, path, headers, body });
}

/** Sends one request as it is. */
async function player(origin: string) {
  const { hostname, port, host } = new URL(origin);
  return (sent: Malformed): Promise<Came> => {
    const from = Date.now();
    const { promise, resolve } = Promise.withResolvers<Came>();
    const end = (status: number, text: string) =>
      resolve({ sent, status, text, milliseconds: Date.now() - from });
    const { method, path, headers, body } = sent;
    const framed = { Host: host, 'Content-Length': body.length, ...headers };
    const asking = request({ hostname, port, method, path, headers: framed }, async (response) => {
      const chunks = await response.toArray().catch(() => []);
      end(response.statusCode ?? 0, Buffer.concat(chunks).toString());
    });
    asking.setTimeout(GIVEN_UP_MS, () => asking.destroy());
    asking.on('error', () => end(0, ''));
    asking.end(body);
    return promise;
  };
}

/** The child that runs the functions. */
function processOfHost(): number {
  const [pid] = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'host/main.ts'], {
    encoding: 'utf8',
  }).split('\n');
  return Number(pid);
}

/**
 * Opens the inspector of a process.
 * @param log Where the process says at which address it does.
 * @returns what tells how much the process holds after a garbage collection, in bytes.
 */
async function memoryOf(pid: number, log: string): Promise<() => Promise<number>> {
  process.kill(pid, 'SIGUSR1');
  await delay(SETTLES_MS);
  const [, address = ''] = /Debugger listening on (ws:\S+)/.exec(await readFile(log, 'utf8')) ?? [];
  const socket = new WebSocket(address);
  await new Promise((opened) => socket.addEventListener('open', opened, { once: true }));
  let asked = 0;
  const ask = async (method: string, params = {}): Promise<number> => {
    asked += 1;
    const id = asked;
    const { promise, resolve } = Promise.withResolvers<number>();
    socket.addEventListener('message', ({ data }) => {
      const { data: answer } = evaluated.safeParse(JSON.parse(String(data)));
      if (answer?.id === id) resolve(answer.result.result?.value ?? 0);
    });
    socket.send(JSON.stringify({ id, method, params }));
    return promise;
  };
  return async () => {
    await delay(SETTLES_MS);
    await ask('HeapProfiler.collectGarbage');
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
    return ask('Runtime.evaluate', { expression });
  };
}
