/** What the runtime of a deployed function lets reach it, and at what cost. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, expect, it } from 'vitest';
import { newOauthKeys } from '../../../../local/src/data/secret-keys.ts';
import { newSandboxConnection } from '../../testing/access.ts';
import { useFirestore } from '../../testing/firestore.ts';
import type { RunningFunction } from '../../testing/runtime/function-process.ts';
import { runFunction } from '../../testing/runtime/functions-runtime.ts';

const MIB = 1_048_576;
/** Far below the 512 MiB of an instance, far above the 150 or so that a function at rest has. */
const MOST_MEMORY_MIB = 250;

let apiKey: string;
/** Of `mcp`, in MiB, when it has answered one. */
let memoryAtRest: number;
let slow: Promise<string[]>;
let functions: Record<'mcp' | 'api' | 'oauth' | 'sessionUpkeep', RunningFunction>;

let db: Firestore;
let databaseUrl: string;
useFirestore((opened, host) => {
  db = opened;
  databaseUrl = host;
});
beforeAll(async () => {
  ({ apiKey } = await newSandboxConnection(db));
  const env = {
    PUBLIC_ORIGIN: 'http://127.0.0.1:1',
    LOCAL_MODE: 'true',
    GCLOUD_PROJECT: 'demo-test',
    VAULT_KEYS: `test:${randomBytes(32).toString('base64')}`,
    OAUTH_KEYS: newOauthKeys(),
    FIRESTORE_EMULATOR_HOST: databaseUrl,
    METADATA_SERVER_DETECTION: 'none',
    // A function looks for the person behind the key.
    FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:1',
  };
  const [mcp, api, oauth, sessionUpkeep] = await Promise.all([
    runFunction('mcp', env),
    runFunction('api', env),
    runFunction('oauth', env),
    runFunction('sessionUpkeep', env),
  ]);
  functions = { mcp, api, oauth, sessionUpkeep };
  await post('mcp', '{}');
  memoryAtRest = (await mcp.usage()).peakMemoryMiB;
  slow = beginSlowly();
});

/** Requests whose bodies stop after a byte; what comes of them, until their connections are closed. */
function beginSlowly(): Promise<string[]> {
  const head = 'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
  const lengths = ['Content-Length: 1000000', 'Transfer-Encoding: chunked'];
  return Promise.all(
    lengths.flatMap((length) =>
      Array.from({ length: 15 }, () => {
        const socket = connect(functions.mcp.port, '127.0.0.1');
        socket.write(`${head}${length}\r\n\r\n1\r\n[\r\n`);
        return text(socket);
      }),
    ),
  );
}

interface Answer {
  status: number | undefined;
  connection: string | undefined;
  body: unknown;
}

const PATHS = { mcp: '/mcp', api: '/api/me', oauth: '/oauth/register', sessionUpkeep: '/' };

async function post(
  name: keyof typeof functions,
  body: Buffer | string,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const sent = request(functions[name].url + PATHS[name], {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    // Of no connection that the function may be closing.
    agent: new Agent({ keepAlive: true }),
  });
  const answered = once(sent, 'response');
  sent.end(body);
  const [answer] = await answered;
  sent.on('error', () => {}); // It may be hung up on while it still sends.
  const { statusCode: status, headers: got } = answer;
  return { status, connection: got.connection, body: await json(answer) };
}

/** JSON of so many bytes that are easily packed. */
function spaces(bytes: number): Buffer {
  const array = Buffer.alloc(bytes, ' ');
  array.write('[');
  array.write(']', bytes - 1);
  return array;
}

const manyObjects = () => Buffer.from(`[${'{},'.repeat(10_000_000)}1]`);
const chunked = { 'Transfer-Encoding': 'chunked' };

it('takes no packed body, whatever it would unpack to', async () => {
  const bomb = gzipSync(spaces(100 * MIB));
  expect(bomb.byteLength).toBeLessThan(MIB / 8);
  for (const encoding of ['gzip', 'GZIP', 'deflate', 'br', 'zstd', 'identity, gzip', 'whatever']) {
    const answer = await post('mcp', bomb, {
      'Content-Encoding': encoding,
      'Content-Length': bomb.byteLength,
    });
    expect(answer).toMatchObject({ status: 415, connection: 'close' });
  }
  expect(await post('mcp', bomb, { 'Content-Encoding': 'gzip', ...chunked })).toMatchObject({ status: 415 });
  expect(await post('mcp', '{}', { 'Content-Encoding': 'identity' })).toMatchObject({ status: 401 });
  expect((await functions.mcp.usage()).peakMemoryMiB).toBeLessThan(MOST_MEMORY_MIB);
});

it('takes no body of more than 1 MiB, with a length or without', async () => {
  const big = manyObjects();
  expect(big.byteLength).toBeGreaterThan(28 * MIB);
  for (const headers of [{ 'Content-Length': big.byteLength }, chunked]) {
    expect(await post('mcp', big, headers)).toMatchObject({ status: 413, connection: 'close' });
  }
  const largest = spaces(MIB);
  const larger = spaces(MIB + 1);
  for (const headers of [{}, chunked]) {
    expect(await post('mcp', largest, headers)).toMatchObject({ status: 401 });
    expect(await post('mcp', larger, headers)).toMatchObject({ status: 413 });
  }
  const atOnce = await Promise.all(Array.from({ length: 10 }, () => post('mcp', big, chunked)));
  expect(new Set(atOnce.map(({ status }) => status))).toEqual(new Set([413]));
  // A mebibyte of each, and not what comes after it.
  expect((await functions.mcp.usage()).peakMemoryMiB - memoryAtRest).toBeLessThan(60);
});

it('says so in the words of what was called', async () => {
  const message = 'The request body is larger than 1 MiB.';
  const larger = spaces(MIB + 1);
  expect((await post('mcp', larger)).body).toMatchObject({ jsonrpc: '2.0', id: null, error: { message } });
  expect((await post('api', larger)).body).toEqual({ error: { code: 'body_too_large', message } });
  expect((await post('oauth', larger)).body).toEqual({
    error: 'invalid_request',
    error_description: message,
  });
  expect((await post('sessionUpkeep', larger)).status).toBe(413);
});

it('asks for no body that it will not take', async () => {
  const { port } = functions.mcp;
  const asked = async (length: number) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    const [first] = await once(socket, 'data');
    socket.destroy();
    return String(first).split('\r\n')[0];
  };
  expect(await asked(MIB + 1)).toBe('HTTP/1.1 413 Payload Too Large');
  expect(await asked(2)).toBe('HTTP/1.1 100 Continue');
});

it('gives up bodies that do not arrive, and answers others meanwhile', async () => {
  expect(await post('mcp', '{}')).toMatchObject({ status: 401 });
  for (const answer of await slow) {
    expect(answer).toContain('HTTP/1.1 408 Request Timeout');
    expect(answer).toContain('The request body did not arrive in time.');
  }
  expect((await functions.mcp.usage()).peakMemoryMiB).toBeLessThan(MOST_MEMORY_MIB);
});

it('holds little of all that arrives at once, and takes what is shorter', async () => {
  const before = (await functions.mcp.usage()).peakMemoryMiB;
  const head = 'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 192.0.2.9, 203.0.113.2\r\n';
  const unfinished = Buffer.concat([Buffer.from(`${head}Content-Length: ${MIB}\r\n\r\n`), spaces(MIB - 1)]);
  const sockets = Array.from({ length: 75 }, () => connect(functions.mcp.port, '127.0.0.1'));
  const answers = sockets.map(async (socket) => {
    socket.on('error', () => {});
    socket.write(unfinished);
    const [answer] = await once(socket, 'data');
    return String(answer);
  });
  // There is room for some, until they are too slow.
  const refused = await firstOf(answers, 65);
  for (const answer of refused) {
    expect(answer).toContain('HTTP/1.1 503 Service Unavailable');
    expect(answer).toMatch(/^retry-after: \d+\r$/im);
  }
  const from = { 'X-Forwarded-For': '192.0.2.9, 203.0.113.1' };
  expect(await post('mcp', spaces(MIB / 2), from)).toMatchObject({ status: 401 });
  for (const socket of sockets) socket.destroy();
  expect((await functions.mcp.usage()).peakMemoryMiB - before).toBeLessThan(40);
});

/** As many of the promises as are kept first. */
async function firstOf<T>(promises: readonly Promise<T>[], count: number): Promise<T[]> {
  const kept: T[] = [];
  const { promise, resolve } = Promise.withResolvers<T[]>();
  for (const each of promises) {
    each.then((value) => {
      if (kept.push(value) === count) resolve([...kept]);
    });
  }
  return promise;
}

it('answers malformed JSON in JSON', async () => {
  const authorized = { Authorization: `Bearer ${apiKey}` };
  for (const body of ['{"a', '', '\u0000', '[1,]', '{"a":1}{']) {
    expect(await post('mcp', body, authorized)).toMatchObject({
      status: 400,
      body: { error: { code: -32_700 } },
    });
    expect(await post('oauth', body)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  }
  expect(await post('api', '{"a')).toMatchObject({ status: 401, body: { error: { code: 'signed_out' } } });
});

it('answers no task as its own fault that is none', async () => {
  for (const body of ['{"a', '{}', '{"data":null}', '{"data":{"connectionIds":["a/b"]}}']) {
    expect(await post('sessionUpkeep', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_body' } },
    });
  }
});

it('has the queue look after a session', async () => {
  const task = await fetch(functions.sessionUpkeep.url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer e30.${Buffer.from('{"sub":"queue"}').toString('base64url')}.sig`,
    },
    body: JSON.stringify({ data: { connectionIds: ['gone'] } }),
  });
  expect([task.status, await task.text()]).toEqual([204, '']);
});
