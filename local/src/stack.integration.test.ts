import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { emulatorSignIn } from '../../e2e/emulator-accounts.ts';
import { startSimulator } from '../../simulator/src/server.ts';
import type { Demo } from './data/demo-file.ts';
import { startStack } from './stack.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** The schedule does not come round in a test. */
const NEVER_MS = 24 * 3_600_000;

let parent: string;
let dataDir: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'stack-'));
  dataDir = join(parent, 'data');
});
afterAll(() => rm(parent, { recursive: true }));

async function rpc({ origin, apiKey }: Demo, method: string, params: object): Promise<unknown> {
  const response = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return ((await response.json()) as { result: unknown }).result;
}

async function listTools(demo: Demo): Promise<number> {
  const { tools } = (await rpc(demo, 'tools/list', {})) as { tools: unknown[] };
  return tools.length;
}

function getCash(demo: Demo): Promise<unknown> {
  return rpc(demo, 'tools/call', { name: 'get_cash', arguments: {} });
}

/** Has the demo user asked for orders, and told by a webhook. @returns what that is sent. */
async function addWebhook({ origin, authEmulator, email, connectionId }: Demo): Promise<string[]> {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    received.push(await text(request));
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const bearer = `Bearer ${await emulatorSignIn(authEmulator, { sub: 'demo-google-id', email })}`;
  const call = async (method: string, path: string, body: object) => {
    const headers = { Authorization: bearer, 'Content-Type': 'application/json' };
    const answer = await fetch(`${origin}/api${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  };
  await call('POST', '/channels', { kind: 'webhook', label: 'script', url: `http://127.0.0.1:${port}/` });
  await call('PATCH', `/connections/${connectionId}`, { approval: 'owner' });
  return received;
}

/** The process of a part of the stack, by what its command line holds (Linux: read from /proc). */
async function partOf(supervisor: ChildProcess, part: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [status, commandLine] = await Promise.all(
      ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (status?.includes(`PPid:\t${supervisor.pid}\n`) && commandLine?.includes(part)) return Number(pid);
  }
  throw new Error(`The supervisor has no child ${part}.`);
}

async function readDemo(): Promise<Demo> {
  return JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'));
}

/** What a part says while nothing of this process runs comes before all that the start still has to wait for. */
async function busyUntilSimulatorIsReady(): Promise<void> {
  await expect.poll(() => existsSync(join(dataDir, 'logs/simulator.log')), { interval: 1 }).toBe(true);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
}

let first: Demo;

it('starts, serves the demo key, tells of an order without the schedule, and leaves nothing but its data', async () => {
  const starting = startStack({ port: 0, simulatorPort: 0, dataDir, scheduleMs: NEVER_MS });
  await busyUntilSimulatorIsReady();
  const stack = await starting;
  first = stack.demo;
  try {
    expect(await readDemo()).toEqual(first);
    expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600);
    expect(await listTools(first)).toBeGreaterThanOrEqual(13);
    const simulator = await fetch(`http://${first.simulator}/sim/requests`);
    expect(simulator.status).toBe(200);
    const told = await addWebhook(first);
    const order = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    await rpc(first, 'tools/call', { name: 'place_order', arguments: order });
    await expect.poll(() => told).toEqual([expect.stringContaining('"order.waiting"')]);
  } finally {
    await stack.stop();
  }
  for (const address of [
    first.authEmulator,
    first.firestoreEmulator,
    first.simulator,
    stack.origin.slice(7),
  ]) {
    await expect(fetch(`http://${address}`)).rejects.toThrow('fetch failed');
  }
  expect(await readdir(dataDir)).not.toContain('stack.pid');
  expect(await readdir(REPOSITORY)).not.toContain(`.firebase-emulators-${new URL(stack.origin).port}.json`);
});

it('finds its data again, outlives its simulator, and ends saying why when another part dies', async () => {
  const main = fork(
    join(import.meta.dirname, 'main.ts'),
    ['--port', '0', '--simulator-port', '0', '--data', dataDir],
    { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  onTestFinished(() => void main.kill('SIGKILL'));
  if (!main.stdout || !main.stderr) throw new Error('no output');
  const output = text(main.stdout);
  const errors = text(main.stderr);
  const ready = Promise.withResolvers<void>();
  main.stdout.on('data', (chunk) => String(chunk).includes('claude mcp add') && ready.resolve());
  const exit = once(main, 'exit');
  await Promise.race([ready.promise, exit.then(async () => Promise.reject(new Error(await errors)))]);

  const second = await readDemo();
  expect(second).toMatchObject({ apiKey: first.apiKey, connectionId: first.connectionId, uid: first.uid });
  const { username, password, totpSecret } = first.managed;
  expect(second.managed).toMatchObject({ username, password, totpSecret });
  expect(await getCash(second)).toMatchObject({ structuredContent: { base_currency: 'USD' } });

  process.kill(await partOf(main, 'simulator/src/main.ts'), 'SIGKILL');
  expect(await getCash(second)).toMatchObject({
    isError: true,
    structuredContent: {
      error: { code: 'ibkr_unavailable', hint: expect.stringMatching(/\w/), retryable: true },
    },
  });
  const simulator = await startSimulator({
    port: Number(second.simulator.split(':')[1]),
    nightlyReset: false,
  });
  expect(await getCash(second)).toMatchObject({ structuredContent: { base_currency: 'USD' } });
  await simulator.close();

  process.kill(await partOf(main, 'firestore/main.ts'), 'SIGKILL');
  expect(await exit).toEqual([1, null]);
  expect(await errors).toContain('The simulator ended by itself (signal SIGKILL)');
  expect(await errors).toContain('The Firestore server ended by itself (signal SIGKILL)');
  expect((await output).match(/^ready: .*$/gm)).toEqual([`ready: ${second.origin}`]);
});
