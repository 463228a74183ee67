/**
 * Kills processes of a stack at random, at whatever they are doing, under a mixed load, and looks whether anything that
 * was acknowledged is lost: `npm run kill -- --kills 50 --seed 1`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { emulatorSignIn } from '../e2e/emulator-accounts.ts';
import { bundleFunctions } from '../local/src/bundle/functions-bundle.ts';
import { type Stack, startStack } from '../local/src/stack.ts';
import { DEPLOYED } from './performance/deployed.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const CLIENTS = 4;
/** So much is acknowledged before a kill, however fast the machine is; if that takes too long, it comes all the same. */
const ACTS_BEFORE = [6, 24] as const;
const LONGEST_LOAD_MS = 120_000;
/** Thereafter, so that it meets whatever is being done. */
const MOMENT_MS = 500;
/** For what is read after a kill. */
const PATIENCE_MS = 60_000;
/** Programs of the stack, by what is in their command line. */
const PROGRAMS = ['host/main.ts', 'firestore/main.ts', 'simulator/src/main.ts', 'emulators:start'];
const PERSON = { sub: 'demo-google-id', email: 'demo@example.com' };

let state = Number(values.seed);
/** The next number from 0 to 1, the same ones for a seed. */
function drawn(): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return state / 2 ** 31;
}

/** What was acknowledged, and has to be there ever after. */
const acknowledged = {
  /** IBKR's ids of orders, by those of their intents. */
  orders: new Map<string, string>(),
  /** Those that their owner said yes to, among them. */
  approved: 0,
  /** Texts of keys by their ids. */
  keys: new Map<string, string>(),
  /** The same, of those that were revoked. */
  revoked: new Map<string, string>(),
  /** Of the connection; several where the last change was not answered. */
  maxOrderValue: [undefined] as (number | undefined)[],
};

const toolAnswer = z.object({
  result: z.object({ isError: z.boolean().optional(), structuredContent: z.looseObject({}) }),
});
const placed = z.looseObject({ order_id: z.string(), intent_id: z.string() });
const minted = z.object({ key: z.object({ id: z.string() }), apiKey: z.string() });
const waits = z.looseObject({
  state: z.literal('awaiting_approval'),
  intent_id: z.string(),
});
const decided = z.object({
  intent: z.looseObject({ id: z.string(), orderHash: z.string(), ibkrOrderId: z.string().nullable() }),
});
const intents = z.object({
  items: z.array(z.looseObject({ id: z.string(), ibkrOrderId: z.string().nullable() })),
});
const connectionNow = z.object({
  connection: z.looseObject({ limits: z.looseObject({ maxOrderValue: z.number().optional() }) }),
});
const verification = z.looseObject({ isIntact: z.boolean(), records: z.number() });

/** As many as a list tells of. */
const NEWEST = 50;
/** Many: a contract takes no other order for a while after one that a kill left open. */
const SYMBOLS = (
  'AAPL MSFT NVDA AMZN GOOGL META TSLA AMD NFLX INTC CSCO ADBE AVGO QCOM MU COST PEP SBUX PLTR JPM BAC WFC GS MA WMT HD ' +
  'NKE KO JNJ PFE LLY CVX COP BA CAT DIS GM VZ CRM ORCL UBER'
).split(' ');
const ACTS = [placeOne, mintOne, approveOne, revokeOne, limitOne, placeOne];
let turn = 0;
/** How many acts were acknowledged. */
let done = 0;
let changing: Promise<unknown> = Promise.resolve();
const faults: string[] = [];
/** Why something was not acknowledged, and how often. */
const unanswered = new Map<string, number>();

const dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-kill-'));
await bundleFunctions(DEPLOYED);
const functions = join(DEPLOYED, 'index.js');
const start = () => startStack({ port: 0, simulatorPort: 0, dataDir, scheduleMs: 5_000, functions });
let stack = await start();
let owner = await emulatorSignIn(stack.demo.authEmulator, PERSON);
const { apiKey: askingKey } = minted.parse(
  await api(stack.origin, 'POST', `/connections/${stack.demo.connectionId}/keys`, {
    label: 'asks its owner',
    approval: 'owner',
  }),
);
try {
  for (let kill = 1; kill <= Number(values.kills); kill += 1) {
    const begun = performance.now();
    const load = new AbortController();
    const working = Promise.all(Array.from({ length: CLIENTS }, () => work(stack, load.signal)));
    const [least, most] = ACTS_BEFORE;
    await acknowledgedMore(least + drawn() * (most - least));
    await delay(drawn() * MOMENT_MS);
    const program = PROGRAMS[Math.floor(drawn() * PROGRAMS.length)] ?? '';
    killProgram(program);
    const killed = performance.now();
    load.abort();
    await stack.stop();
    await working;
    const stopped = performance.now();
    stack = await start();
    owner = await emulatorSignIn(stack.demo.authEmulator, PERSON);
    const started = performance.now();
    await look(stack);
    const times = [killed - begun, stopped - killed, started - stopped, performance.now() - started];
    const [load_, end, restart, looking] = times.map((ms) => (ms / 1_000).toFixed(1));
    const { orders, approved, keys, revoked } = acknowledged;
    const had = `${orders.size} orders, ${approved} of them approved, ${keys.size} keys, ${revoked.size} revoked`;
    const took = `${load_} s of load, ended in ${end} s, up in ${restart} s, looked at in ${looking} s`;
    console.log(`${kill}: ${program}; ${had}, ${faults.length} faults; ${took}`);
  }
  for (const fault of faults) console.log(fault);
  for (const [why, times] of unanswered) console.log(`not acknowledged, ${times} times: ${why}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** Waits until so many acts more were acknowledged. */
async function acknowledgedMore(acts: number): Promise<void> {
  const before = done;
  const until = Date.now() + LONGEST_LOAD_MS;
  while (done - before < acts && Date.now() < until) await delay(20);
}

/** Ends one program of the stack, without a word, and all its children. */
function killProgram(program: string): void {
  const pids = execFileSync('pgrep', ['-P', String(process.pid), '-f', program], { encoding: 'utf8' });
  for (const pid of pids.trim().split('\n')) process.kill(-Number(pid), 'SIGKILL');
}

/** Does one thing after the other, and notes what was answered. What is not, may be done or not. */
async function work({ origin, demo }: Stack, signal: AbortSignal): Promise<void> {
  const { connectionId, apiKey } = demo;
  while (!signal.aborted) {
    turn += 1;
    const act = ACTS[turn % ACTS.length] ?? placeOne;
    try {
      await act({ origin, connectionId, apiKey, turn });
      done += 1;
    } catch (error) {
      const { message } = error as Error;
      unanswered.set(message, (unanswered.get(message) ?? 0) + 1);
    }
  }
}

interface Work {
  origin: string;
  connectionId: string;
  apiKey: string;
  turn: number;
}

async function ask(origin: string, key: string, turn: number) {
  // One whose fate is open keeps the others on its contract from being sent.
  const symbol = SYMBOLS[turn % SYMBOLS.length];
  const args = { symbol, side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
  const params = {
    name: 'place_order',
    arguments: { ...args, client_order_id: `kill-${values.seed}-${turn}` },
  };
  return toolAnswer.parse(await rpc(origin, key, 'tools/call', params)).result;
}

async function placeOne({ origin, apiKey, turn }: Work): Promise<void> {
  const result = await ask(origin, apiKey, turn);
  if (result.isError) throw new Error(JSON.stringify(result.structuredContent).slice(0, 200));
  const { intent_id, order_id } = placed.parse(result.structuredContent);
  acknowledged.orders.set(intent_id, order_id);
}

/** Its owner says yes to an order that waits. */
async function approveOne({ origin, turn }: Work): Promise<void> {
  const asked = waits.safeParse((await ask(origin, askingKey, turn)).structuredContent).data;
  if (asked === undefined) throw new Error('an order did not come to wait for its owner');
  const path = `/intents/${asked.intent_id}`;
  const { intent } = decided.parse(await api(origin, 'GET', path));
  const yes = { decision: 'approve', orderHash: intent.orderHash };
  const { ibkrOrderId, id } = decided.parse(await api(origin, 'POST', path, yes)).intent;
  if (ibkrOrderId === null) throw new Error('an order was approved and is not known at IBKR yet');
  acknowledged.orders.set(id, ibkrOrderId);
  acknowledged.approved += 1;
}

async function mintOne({ origin, connectionId, turn }: Work): Promise<void> {
  const answer = await api(origin, 'POST', `/connections/${connectionId}/keys`, { label: `key ${turn}` });
  const { key, apiKey } = minted.parse(answer);
  acknowledged.keys.set(key.id, apiKey);
}

async function revokeOne({ origin }: Work): Promise<void> {
  const [id, text] = [...acknowledged.keys][0] ?? [];
  if (id === undefined || text === undefined) return;
  // Until it is answered, it may be revoked or not.
  acknowledged.keys.delete(id);
  await api(origin, 'DELETE', `/keys/${id}`);
  acknowledged.revoked.set(id, text);
}

/** One after the other: of two at once nobody knows which was last. */
function limitOne({ origin, connectionId, turn }: Work): Promise<void> {
  const changed = changing.then(async () => {
    const maxOrderValue = 1_000 + turn;
    acknowledged.maxOrderValue.push(maxOrderValue);
    await api(origin, 'PATCH', `/connections/${connectionId}`, { limits: { maxOrderValue } });
    acknowledged.maxOrderValue = [maxOrderValue];
  });
  changing = changed.catch(() => {});
  return changed;
}

/** Looks whether all that was acknowledged is there, and whether the audit is whole. */
async function look({ origin, demo: { connectionId } }: Stack): Promise<void> {
  const { items } = intents.parse(await api(origin, 'GET', `/connections/${connectionId}/intents`));
  const known = new Map(items.map(({ id, ibkrOrderId }) => [id, ibkrOrderId]));
  const newest = [...acknowledged.orders].slice(-NEWEST);
  for (const [intentId, orderId] of newest) {
    if (known.get(intentId) !== orderId) faults.push(`order ${orderId} is ${known.get(intentId)}`);
  }
  for (const [id, text] of [...acknowledged.keys].slice(-NEWEST)) {
    if (!(await works(origin, text))) faults.push(`key ${id} does not work`);
  }
  for (const [id, text] of [...acknowledged.revoked].slice(-NEWEST)) {
    if (await works(origin, text)) faults.push(`key ${id} works, though it was revoked`);
  }
  const { connection } = connectionNow.parse(await api(origin, 'GET', `/connections/${connectionId}`));
  const { maxOrderValue } = connection.limits;
  if (!acknowledged.maxOrderValue.includes(maxOrderValue)) {
    faults.push(`the limit is ${maxOrderValue}, not ${acknowledged.maxOrderValue}`);
  }
  const audit = verification.parse(await api(origin, 'GET', `/connections/${connectionId}/audit/verify`));
  if (!audit.isIntact) faults.push(`the audit is broken: ${JSON.stringify(audit).slice(0, 500)}`);
}

async function works(origin: string, key: string): Promise<boolean> {
  try {
    await rpc(origin, key, 'tools/list', {});
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('401')) return false;
    throw error;
  }
}

async function rpc(origin: string, key: string, method: string, params: object): Promise<unknown> {
  const answer = await fetch(`${origin}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  if (answer.status !== 200) throw new Error(`${method} answered ${answer.status}`);
  return answer.json();
}

async function api(origin: string, method: string, path: string, body?: object): Promise<unknown> {
  const ask = () =>
    fetch(`${origin}/api${path}`, {
      method,
      headers: { Authorization: `Bearer ${owner}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  let answer = await ask();
  // Busy is not lost: a stack that has just been started, on a busy machine, may say that it cannot reach its storage yet.
  for (
    const until = Date.now() + PATIENCE_MS;
    method === 'GET' && answer.status === 503 && Date.now() < until;
  ) {
    await delay(1_000);
    answer = await ask();
  }
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}
