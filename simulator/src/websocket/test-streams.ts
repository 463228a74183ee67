/** What the tests of WebSockets share. */
import { afterEach, beforeEach } from 'vitest';
import { type RunningSimulator, startSimulator } from '../server.ts';
import type { Settings } from '../settings.ts';
import { control, readySandbox, type TestClient } from '../test-client.ts';
import { TestSocket } from './test-socket.ts';

export const AAPL = 265598;

/** That of the test that is running. */
export let simulator: RunningSimulator;
/** Its `/sim`. */
export let sim: TestClient;
const sockets: TestSocket[] = [];

/** Starts it anew, otherwise. */
export async function start(options: Partial<Settings> = {}): Promise<void> {
  await simulator?.close();
  const started = Date.now();
  simulator = await startSimulator({
    port: 0,
    nightlyReset: false,
    pacing: false,
    warmUpMs: 0,
    // Stands still, so that nothing happens but what a test says.
    now: () => started,
    ...options,
  });
  sim = control(simulator);
}

/** Runs a simulator of its own for each test of a file. Call it at the top of the file. */
export function useStreams(): void {
  beforeEach(() => start());
  afterEach(async () => {
    for (const each of sockets.splice(0)) each.close();
    await simulator.close();
  });
}

export const advance = (advanceMs: number) => sim.post('/clock', { advanceMs });
/** Where an instrument trades from now on. */
export const force = (conid: number, last: number) =>
  sim.post('/prices', { conid, last, bid: last - 0.01, ask: last + 0.01 });

/** A socket that is closed after the test. */
export function connect(path: string, headers: Record<string, string> = {}): TestSocket {
  const socket = new TestSocket(simulator, path, headers);
  sockets.push(socket);
  return socket;
}

export const tokenOf = async (client: TestClient): Promise<string> =>
  (await client.post('/tickle')).body.session;

/** A client of a sandbox, and its socket after the greeting. */
export async function openStream(id = 'a') {
  const { client, account } = await readySandbox(simulator, id);
  const cookie = `api=${await tokenOf(client)}`;
  const socket = connect(`/sandbox/${id}/v1/api/ws`, { cookie });
  await socket.next('sts');
  return { client, account, socket };
}

/** An order that rests, or what the fields make of it. */
export const limit = (fields: object = {}) => ({
  conid: AAPL,
  orderType: 'LMT',
  price: 1,
  side: 'BUY',
  quantity: 10,
  tif: 'GTC',
  ...fields,
});
