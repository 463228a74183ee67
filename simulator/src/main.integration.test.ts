import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeOrders, readySandbox, TestClient } from './test-client.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface RunningProgram {
  readonly port: number;
  stop(signal: NodeJS.Signals): Promise<Outcome>;
}

function run(args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Outcome>((resolve) => child.on('exit', (code) => resolve({ code, out, err })));
  return { child, ended, output: () => out };
}

async function start(args: readonly string[]): Promise<RunningProgram> {
  const { child, ended, output } = run(['--port', '0', '--pacing', 'off', '--nightly-reset', 'off', ...args]);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => resolve());
    ended.then(({ err }) => reject(new Error(err)));
  });
  const port = Number(/^simulator ready: http:\/\/localhost:(\d+)\n$/.exec(output())?.[1]);
  return {
    port,
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

describe('the command line', () => {
  test('explains itself', async () => {
    const { code, out } = await run(['--help']).ended;
    expect(code).toBe(0);
    expect(out).toContain('--hours always|market');
  });

  test.each([
    [['--prot', '1'], '--prot'],
    [['--port', 'http'], "--port must be a whole number from 0 to 65535, not 'http'"],
    [['--hours', 'never'], "--hours must be always or market, not 'never'"],
    [['--groups', 'All,'], "--groups must be names with commas between, not 'All,'"],
    [['extra'], 'extra'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await run(args).ended;
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).toContain('Try --help.');
    expect(err).not.toContain('    at ');
  });

  test('names a taken port', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { code, err } = await run(['--port', String(port)]).ended;
    expect(code).toBe(1);
    expect(err).toBe(
      'simulator: the port is taken by another program; stop it or choose another with --port\n',
    );
    blocker.close();
  });

  test("makes every login an advisor's", async () => {
    const { port, stop } = await start(['--accounts', '2', '--groups', 'All', '--profiles', 'A,B']);
    const client = new TestClient({ url: `http://127.0.0.1:${port}` }, '/v1/api');
    await client.post('/iserver/auth/ssodh/init');
    const { body } = await client.get('/iserver/accounts');
    expect(body).toMatchObject({ groups: ['All'], profiles: ['A', 'B'] });
    expect(body.accounts).toHaveLength(5);
    await stop('SIGTERM');
  });

  test('may leave the control API out', async () => {
    const [open, closed] = [await start([]), await start(['--control', 'off'])];
    const status = async ({ port }: RunningProgram) =>
      (await fetch(`http://127.0.0.1:${port}/sim/orders`)).status;
    expect([await status(open), await status(closed)]).toEqual([200, 404]);
    await Promise.all([open.stop('SIGTERM'), closed.stop('SIGTERM')]);
  });
});

describe('the state file', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'simulator-'));
    file = join(directory, 'state.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const ticket = { conid: 265598, orderType: 'MKT', side: 'BUY', quantity: 7, tif: 'DAY', cOID: 'kept' };

  function simulatorAt({ port }: RunningProgram) {
    return { url: `http://127.0.0.1:${port}`, port, close: async () => undefined };
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('keeps a filled order over %s', async (signal) => {
    const first = await start(['--state', file]);
    const { client, account } = await readySandbox(simulatorAt(first), 'kept');
    const { body } = await placeOrders(client, account, [ticket]);
    // A killed program may lose the last second.
    if (signal === 'SIGKILL') await new Promise((resolve) => setTimeout(resolve, 1_500));
    const { code } = await first.stop(signal);
    if (signal !== 'SIGKILL') expect(code).toBe(0);

    const second = await start(['--state', file]);
    const again = await readySandbox(simulatorAt(second), 'kept');
    expect(again.account).toBe(account);
    // The first list of a session is empty.
    await again.client.get('/iserver/account/orders');
    const { orders } = (await again.client.get('/iserver/account/orders')).body;
    const orderId = Number(body[0].order_id);
    expect(orders).toMatchObject([{ orderId, status: 'Filled', order_ref: 'kept' }]);
    const position = (await again.client.get(`/portfolio/${account}/position/265598`)).body[0];
    expect(position.position).toBe(127);
    const duplicate = await again.client.post(`/iserver/account/${account}/orders`, { orders: [ticket] });
    expect(duplicate.body.error).toContain('already registered');
    await second.stop('SIGTERM');
  });

  test('that is no state is refused and left alone', async () => {
    for (const content of ['not json', '{"version":99}']) {
      writeFileSync(file, content);
      const { code, err } = await run(['--port', '0', '--state', file]).ended;
      expect(code).toBe(1);
      expect(err).toContain('move it away to start afresh');
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });
});
