/**
 * The tools that `interactive-brokers-mcp` of npm has too, beside it and through the same simulator: how long each call
 * takes from the second on. The peer runs as its readme says, as a program of its host's that speaks over stdio to IBKR's
 * gateway program on the same machine: it has no users, keys, limits or records. It is installed into a temporary folder.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { z } from 'zod';
import { serve } from './served.ts';

export interface PeerCost {
  tool: string;
  peersTool: string;
  calls: number;
  p50Ms: number;
  /** `fails` where the peer answers that it could not get it. */
  peerP50Ms: number | 'fails';
  ratio: number | '';
}

const PEER = 'interactive-brokers-mcp';
const PEER_VERSION = '1.24.1';
const ORDER_CALLS = 5;
const PACED_MS = 5_100;
/** Between calls, that neither meets IBKR's ten requests a second. */
const PAUSE_MS = 500;
/** Of each before any is measured, as of a service that is in use: what runs seldom is hardly compiled. */
const WARM_UP_CALLS = 150;
const WARM_UP_PAUSE_MS = 200;

type Arguments = Readonly<Record<string, unknown>>;
type Call = (name: string, args: Arguments) => Promise<unknown>;
interface Pair {
  tool: string;
  args: (call: number) => Arguments;
  peersTool: string;
  peersArgs: (call: number, accountId: string) => Arguments;
  /** IBKR takes what it asks for once in five seconds. */
  isPaced?: true;
}

const pairs: readonly Pair[] = [
  {
    tool: 'get_account_summary',
    args: () => ({}),
    peersTool: 'get_account_info',
    peersArgs: () => ({ confirm: true }),
    isPaced: true,
  },
  {
    tool: 'get_portfolio',
    args: () => ({}),
    peersTool: 'get_positions',
    peersArgs: (_, accountId) => ({ accountId }),
  },
  {
    tool: 'get_quote',
    args: () => ({ symbol: 'AAPL' }),
    peersTool: 'get_market_data',
    peersArgs: () => ({ symbol: 'AAPL' }),
  },
  {
    tool: 'get_option_chain',
    args: () => ({ symbol: 'AAPL' }),
    peersTool: 'get_option_chain',
    peersArgs: () => ({ symbol: 'AAPL' }),
  },
  {
    tool: 'get_orders',
    args: () => ({}),
    peersTool: 'get_live_orders',
    peersArgs: () => ({}),
    isPaced: true,
  },
  {
    tool: 'place_order',
    args: (call) => ({ symbol: 'MSFT', side: 'BUY', quantity: 1 + call, order_type: 'MKT' }),
    peersTool: 'place_order',
    peersArgs: (call, accountId) => ({
      accountId,
      symbol: 'MSFT',
      action: 'BUY',
      quantity: 1 + call,
      orderType: 'MKT',
      suppressConfirmations: true,
    }),
  },
];
class PeerFailure extends Error {
  override readonly name = 'PeerFailure';
}

/** @throws what is none of the peer's. */
function onlyFailures(error: unknown): void {
  if (!(error instanceof PeerFailure)) throw error;
}

const accounts = z.tuple([z.looseObject({ accountId: z.string() })]);

/**
 * @param calls Of each tool, but for orders.
 * @param only The tools to measure; none: all of them.
 * @param folder Where the peer is installed already; undefined: it is installed now, with 250 MB from npm.
 */
export async function measurePeer(
  calls: number,
  only: readonly string[],
  folder: string | undefined,
): Promise<PeerCost[]> {
  const installed = folder ?? (await install());
  const served = await serve();
  const front = await gatewayOf(served.parts.simulatorUrl);
  let peer: Awaited<ReturnType<typeof startPeer>> | undefined;
  try {
    const { simulatorUrl } = served.parts;
    await fetch(`${simulatorUrl}/v1/api/iserver/auth/ssodh/init`, {
      method: 'POST',
      body: '{"publish":true,"compete":true}',
      headers: { 'Content-Type': 'application/json' },
    });
    const [{ accountId }] = accounts.parse(
      await (await fetch(`${simulatorUrl}/v1/api/portfolio/accounts`)).json(),
    );
    peer = await startPeer(installed, front.port);
    const key = await served.newKey();
    const own: Call = (name, args) => served.callTool(key, name, args);
    const peers = peer.call;
    for (let call = 0; call < WARM_UP_CALLS; call++) {
      await delay(WARM_UP_PAUSE_MS);
      await Promise.all([
        own('get_quote', { symbol: 'AAPL' }),
        peers('get_market_data', { symbol: 'AAPL' }).catch(onlyFailures),
      ]);
    }
    const costs: PeerCost[] = [];
    for (const { tool, args, peersTool, peersArgs, isPaced } of pairs) {
      if (only.length > 0 && !only.includes(tool)) continue;
      const pause = isPaced ? PACED_MS : PAUSE_MS;
      const most = tool === 'place_order' ? ORDER_CALLS : calls;
      const p50Ms = await median(most, pause, (call) => own(tool, args(call)));
      const asked = median(most, pause, (call) => peers(peersTool, peersArgs(call, accountId)));
      const peerP50Ms = await asked.catch((error) => {
        onlyFailures(error);
        console.error(error.message);
        return 'fails' as const;
      });
      const ratio = peerP50Ms === 'fails' ? '' : Math.round((100 * p50Ms) / peerP50Ms) / 100;
      costs.push({ tool, peersTool, calls: most, p50Ms, peerP50Ms, ratio });
    }
    return costs;
  } finally {
    peer?.stop();
    front.close();
    await served.stop();
    if (folder === undefined) await rm(installed, { recursive: true, force: true });
  }
}

/** In ms, of the calls from the second on. */
async function median(
  calls: number,
  pause: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  const took: number[] = [];
  for (let index = 0; index <= calls; index++) {
    await delay(pause);
    const from = performance.now();
    await call(index);
    if (index > 0) took.push(performance.now() - from);
  }
  return Math.round(10 * (took.toSorted((a, b) => a - b)[Math.floor((calls - 1) / 2)] ?? 0)) / 10;
}

async function install(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ibkr-gateway-peer-'));
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', [...args, `${PEER}@${PEER_VERSION}`]);
  return folder;
}

/** What is asked there over TLS, as of IBKR's gateway program, the simulator answers. */
async function gatewayOf(simulatorUrl: string): Promise<{ port: number; close(): void }> {
  const { hostname, port } = new URL(simulatorUrl);
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
  });
  const server = createServer({ key, cert }, (socket) => {
    const simulator = connect(Number(port), hostname);
    socket.pipe(simulator).pipe(socket);
    for (const one of [socket, simulator]) one.on('error', () => socket.destroy());
  });
  await once(server.listen(0, 'localhost'), 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const answer = z.object({ id: z.number(), result: z.looseObject({ isError: z.boolean().optional() }) });

async function startPeer(folder: string, gatewayPort: number) {
  const home = join(folder, 'node_modules', PEER);
  // Without it no process stays behind that keeps a session alive.
  await rm(join(home, 'dist', 'scripts', 'tickler.js'), { force: true });
  const env = { HOME: folder, IB_GATEWAY_PORT: String(gatewayPort) };
  const child = spawn(process.execPath, [join(home, 'dist', 'index.js')], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const request = requestsTo(child);
  const protocol = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  };
  await request('initialize', protocol);
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  const call: Call = async (name, args) => {
    const { isError, ...result } = await request('tools/call', { name, arguments: args });
    const text = JSON.stringify(result);
    if (isError === true || /"(Error|Account ID is required)/.test(text))
      throw new PeerFailure(`The peer's ${name} failed: ${text.slice(0, 500)}`);
    return result;
  };
  return { call, stop: () => child.kill('SIGKILL') };
}

function requestsTo(child: ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream }) {
  const open = new Map<number, (result: z.output<typeof answer>['result']) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { data } = answer.safeParse(line.startsWith('{') ? JSON.parse(line) : null);
    if (data !== undefined) open.get(data.id)?.(data.result);
  });
  let id = 0;
  return (method: string, params: object) => {
    const { promise, resolve } = Promise.withResolvers<z.output<typeof answer>['result']>();
    open.set(++id, resolve);
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return promise;
  };
}
