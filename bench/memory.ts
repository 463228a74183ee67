/**
 * What a function holds and how long others wait while somebody sends it what is heavy: packed bodies, long ones, slow
 * ones, keys of 8,192 bits, and answers of 8 MiB from gateways of their own. `npm run memory`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Firestore } from 'firebase-admin/firestore';
import { createConnection } from '../functions/src/store/connections.ts';
import { Vault } from '../functions/src/store/vault/vault.ts';
import { accountServer, idTokenOf, PROJECT } from '../functions/src/testing/console/id-token.ts';
import { type RunningFunction, startFunction } from '../functions/src/testing/runtime/function-process.ts';
import { bundleFunctions } from '../local/src/bundle/functions-bundle.ts';
import { newOauthKeys } from '../local/src/data/secret-keys.ts';
import { startFirestoreServer } from '../local/src/firestore/server.ts';
import { DEPLOYED } from './performance/deployed.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    /** Of the names of what is tried. */
    only: { type: 'string', default: '' },
  },
});
const PHASE_MS = 1_000 * Number(values.seconds);
const MIB = 1_048_576;
/** As many as one person may have. */
const GATEWAYS = 20;
/** As many as an instance takes at once, without those of the others. */
const CALLS_AT_ONCE = 75;
const OTHERS_CALL_EVERY_MS = 200;

const HEALTHY = { authenticated: true, competing: false, connected: true };
const ACCOUNT = 'DU7654321';
/** What it takes for a call to come as far as its first long answer. */
const OPENING: Record<string, unknown> = {
  'POST /iserver/auth/status': HEALTHY,
  'POST /tickle': { session: 'played', iserver: { authStatus: HEALTHY } },
  'GET /iserver/accounts': { accounts: [ACCOUNT], isPaper: true, selectedAccount: ACCOUNT },
  'GET /portfolio/accounts': [{ id: ACCOUNT, accountId: ACCOUNT, type: 'DEMO', currency: 'USD' }],
};

/** JSON of so many bytes, of what costs most when it is read. */
function longAnswers(bytes: number): Buffer[] {
  const filled = (begin: string, row: string, end: string) =>
    Buffer.from(begin + row.repeat((bytes - begin.length - end.length) / row.length) + end);
  const position = { conid: 265598, position: 1, contractDesc: 'A'.repeat(2_000), currency: 'USD', x: {} };
  return [
    filled('[', '{},', '0]'),
    filled('{"x":[', '1,', '0]}'),
    filled('{"name":"', 'x', '"}'),
    filled('{"error":"', '\\u0000', '"}'),
    filled('[', `${JSON.stringify(position)},`, '0]'),
    filled('{"a":', '[', ''),
  ];
}

/** JSON of nearly 2 MiB, with as many values as any that is read may have. */
function longestRead(): Buffer[] {
  const filled = (row: string) => {
    const rows = Math.min(59_900 / (row.match(/[,{]/g)?.length ?? 1), (2 * MIB - 10) / (row.length + 1));
    return Buffer.from(`[${Array.from({ length: Math.floor(rows) }, () => row).join()}]`);
  };
  const position = { conid: 265598, position: 1, contractDesc: 'AAPL', currency: 'USD', assetClass: 'STK' };
  return [
    filled(JSON.stringify({ ...position, acctId: ACCOUNT })),
    filled(JSON.stringify({ ...position, acctId: ACCOUNT, name: 'é'.repeat(60) })),
    filled('{"x":"0123456789"}'),
    filled('{}'),
  ];
}

/**
 * A gateway.
 * @param otherwise What it answers to anything but the opening of a session; null: it never answers.
 */
function gateway(otherwise: (path: string) => Buffer | null): Server {
  return createServer(async (asked, answer) => {
    for await (const _ of asked);
    const { pathname } = new URL(asked.url ?? '/', 'http://localhost');
    const opening = OPENING[`${asked.method} ${pathname.replace('/v1/api', '')}`];
    const body = opening === undefined ? otherwise(pathname) : Buffer.from(JSON.stringify(opening));
    if (body === null) return;
    answer.setHeader('Content-Type', 'application/json');
    answer.write(body);
    answer.end();
  });
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Called {
  status: number;
  milliseconds: number;
}

async function callTool(url: string, key: string, name: string, args: object): Promise<Called> {
  const from = performance.now();
  const answer = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
  await answer.text();
  return { status: answer.status, milliseconds: performance.now() - from };
}

/** Sends a body whatever the answer is, until the connection ends. */
async function sendBody(url: string, body: Buffer, headers: Record<string, string>): Promise<void> {
  const sent = request(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } });
  sent.on('error', () => {});
  sent.on('response', (response) => response.resume());
  sent.end(body);
  await once(sent, 'close');
}

/** Does it again and again, so many times at once, for the time of a phase. */
async function keepDoing(atOnce: number, act: (turn: number) => Promise<unknown>): Promise<number> {
  const until = Date.now() + PHASE_MS;
  let turn = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (Date.now() < until) await act(turn++).catch(() => delay(100));
    }),
  );
  return turn;
}

const KEYS = 'keys of 8,192 bits';
// Made first: it takes this process seconds, in which it answers nobody.
const pem = KEYS.includes(values.only) ? keyOf8192Bits() : '';

function keyOf8192Bits(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 8_192 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const firestore = await startFirestoreServer({ port: 0 });
const people = accountServer();
const vaultKeys = `bench:${randomBytes(32).toString('base64')}`;
const host = `127.0.0.1:${firestore.port}`;
const env = {
  PUBLIC_ORIGIN: 'http://127.0.0.1:1',
  LOCAL_MODE: 'true',
  GCLOUD_PROJECT: PROJECT,
  VAULT_KEYS: vaultKeys,
  OAUTH_KEYS: newOauthKeys(),
  FIRESTORE_EMULATOR_HOST: host,
  METADATA_SERVER_DETECTION: 'none',
  FIREBASE_AUTH_EMULATOR_HOST: await listening(people),
};
const long = longAnswers(8 * MIB);
const read = longestRead();
let heavyAnswer: (path: string) => Buffer | null = () => null;
let asked = 0;
const next = (answers: Buffer[]) => answers[asked++ % answers.length] ?? null;
const heavyGateway = gateway((path) => heavyAnswer(path));
const usualGateway = gateway(() => Buffer.from('[]'));
const heavyUrl = `http://${await listening(heavyGateway)}`;
const usualUrl = `http://${await listening(usualGateway)}`;

const db = new Firestore({ projectId: PROJECT, host, ssl: false });
const vault = new Vault(vaultKeys);
const newKey = async (ownerUid: string, url: string) => {
  const fields = { ownerUid, kind: 'gateway', mode: 'paper', label: 'Gateway' } as const;
  return (await createConnection(db, fields, { vault, value: { url } })).key.apiKey;
};
const heavyKeys = await Promise.all(Array.from({ length: GATEWAYS }, () => newKey('heavy', heavyUrl)));
const otherKey = await newKey('other', usualUrl);
await bundleFunctions(DEPLOYED);
const [mcp, api] = await Promise.all([
  startFunction('mcp', env, DEPLOYED),
  startFunction('api', env, DEPLOYED),
]);

/** Somebody else, who calls all the while. */
const others = {
  mcp: () => callTool(mcp.url, otherKey, 'get_portfolio', {}),
  api: async () => {
    const from = performance.now();
    const answer = await fetch(`${api.url}/api/connections`, {
      headers: { Authorization: `Bearer ${idTokenOf('other')}` },
    });
    await answer.text();
    return { status: answer.status, milliseconds: performance.now() - from };
  },
};

async function phase(
  name: string,
  { usage }: RunningFunction,
  other: () => Promise<Called>,
  heavy: () => Promise<number>,
): Promise<void> {
  if (!name.includes(values.only)) return;
  const begun = { done: false };
  // What it sends, and what it answers as a gateway and as storage, keeps this process busy, too.
  const standsStill = monitorEventLoopDelay();
  standsStill.enable();
  const waits: Called[] = [];
  const calling = (async () => {
    while (!begun.done) {
      const from = performance.now();
      // A connection that was kept may be closed at the very moment that it is used.
      waits.push(await other().catch(() => ({ status: 0, milliseconds: performance.now() - from })));
      await delay(OTHERS_CALL_EVERY_MS);
    }
  })();
  const count = await heavy();
  begun.done = true;
  await calling;
  standsStill.disable();
  const sorted = waits.map(({ milliseconds }) => Math.round(milliseconds)).toSorted((a, b) => a - b);
  const [median, slowest] = [sorted[sorted.length >> 1], sorted.at(-1)];
  const refused = Object.entries(Object.groupBy(waits, ({ status }) => status))
    .filter(([status]) => status !== '200')
    .map(([status, all = []]) => `${all.length} with ${status}`);
  const peak = Math.round((await usage()).peakMemoryMiB);
  console.log(
    `${name}: ${count} times; at most ${peak} MiB so far; ` +
      `${waits.length} calls of others, median ${median} ms, slowest ${slowest} ms ` +
      `(this process stood still for up to ${Math.round(standsStill.max / 1e6)} ms), ` +
      `${refused.join() || 'none'} refused`,
  );
}

try {
  await Promise.all([others.mcp(), others.api()]);
  await phase('at rest (/mcp)', mcp, others.mcp, () => keepDoing(0, async () => {}));
  const bomb = gzipSync(Buffer.alloc(200 * MIB, ' '));
  await phase('gzip bombs', mcp, others.mcp, () =>
    keepDoing(10, () => sendBody(`${mcp.url}/mcp`, bomb, { 'Content-Encoding': 'gzip' })),
  );
  const objects = Buffer.from(`[${'{},'.repeat(10_000_000)}1]`);
  await phase('29 MiB of JSON', mcp, others.mcp, () =>
    keepDoing(5, () => sendBody(`${mcp.url}/mcp`, objects, { 'Transfer-Encoding': 'chunked' })),
  );
  await phase('slow bodies', mcp, others.mcp, () =>
    keepDoing(CALLS_AT_ONCE, async () => {
      const socket = connect(mcp.port, '127.0.0.1');
      socket.write('POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n[');
      await text(socket);
    }),
  );
  const unfinished = Buffer.concat([
    Buffer.from('POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1048576\r\n\r\n['),
    Buffer.alloc(MIB - 2, ' '),
  ]);
  await phase('bodies that lack their last byte', mcp, others.mcp, () =>
    keepDoing(CALLS_AT_ONCE, async () => {
      const socket = connect(mcp.port, '127.0.0.1');
      socket.write(unfinished);
      await text(socket);
    }),
  );
  const tools = [
    ['get_portfolio', {}],
    ['get_orders', {}],
    ['get_account_summary', {}],
    ['search_security', { query: 'x' }],
  ] as const;
  const callHeavily = (turn: number) => {
    const [tool, args] = tools[turn % tools.length] ?? tools[0];
    const named = 'query' in args ? { query: `x${turn}` } : args;
    return callTool(mcp.url, heavyKeys[turn % GATEWAYS] ?? '', tool, named);
  };
  const heavyAnswers = [
    ['answers of 8 MiB', () => next(long)],
    ['answers of 2 MiB, which are read', () => next(read)],
    ['positions of 2 MiB, then silence', (path: string) => (path.includes('/positions') ? next(read) : null)],
  ] as const;
  for (const [name, answer] of heavyAnswers) {
    heavyAnswer = answer;
    await phase(name, mcp, others.mcp, () => keepDoing(CALLS_AT_ONCE, callHeavily));
  }
  await phase('at rest (/api)', api, others.api, () => keepDoing(0, async () => {}));
  const checked = { kind: 'oauth', signatureKey: pem, encryptionKey: pem, dhPrime: 'f'.repeat(2_048) };
  await phase(KEYS, api, others.api, () =>
    keepDoing(20, async (turn) => {
      const answer = await fetch(`${api.url}/api/connections/check`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${idTokenOf(`heavy${turn % 5}`)}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify(checked),
      });
      await answer.text();
    }),
  );
} finally {
  await Promise.all([mcp.stop(), api.stop(), firestore.stop(), db.terminate()]);
  for (const server of [people, heavyGateway, usualGateway]) {
    server.closeAllConnections();
    server.close();
  }
}
