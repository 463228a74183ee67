/**
 * Many clients at once, each a person's of their own with a connection, on one machine: how long they wait, what fails, and whether
 * anybody is answered what is another's. `npm run crowd -- --clients 100 --seconds 60`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { emulatorSignIn } from '../e2e/emulator-accounts.ts';
import { createConnection } from '../functions/src/store/connections.ts';
import { unpacked } from '../functions/src/testing/unpacked.ts';
import { SANDBOX_WARNINGS } from '../functions/src/trading/domain/accepted-warnings.ts';
import { PROJECT_ID } from '../local/src/emulators.ts';
import { startStack } from '../local/src/stack.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
  },
});

/** Enough that none waits for another's turn at IBKR, and few enough that the machine is not what they wait for. */
const SETTLED_AT_ONCE = 10;

const answered = z.object({
  result: z.object({ isError: z.boolean().optional(), structuredContent: z.looseObject({}) }),
});
const claimsOfUser = z.object({ sub: z.string() });
const inAccount = z.looseObject({ account_id: z.string() });
const ofOrders = z.looseObject({ orders: z.array(z.looseObject({ quantity: z.number() })) });

interface Client {
  /** Buys so many at a time, as nobody else does. */
  quantity: number;
  key: string;
  account: string;
}

const milliseconds: number[] = [];
const faults = new Map<string, number>();
const note = (fault: string) => faults.set(fault, (faults.get(fault) ?? 0) + 1);

/** What each client does in turn; all but the last tell whose they are. */
const LOOKS: readonly ((client: Client) => Promise<void>)[] = [
  (client) => assertOwnAccount(client, 'get_portfolio'),
  async (client) => {
    const { orders } = ofOrders.parse(await call(client, 'get_orders', {}));
    if (orders.length !== 1 || orders[0]?.quantity !== client.quantity) note("get_orders told of another's");
  },
  (client) => assertOwnAccount(client, 'get_current_account'),
  (client) => assertOwnAccount(client, 'get_account_summary'),
  async (client) => {
    await call(client, 'get_quote', { symbol: 'AAPL' });
  },
];

const dataDir = await mkdtemp(join(tmpdir(), 'ibkr-gateway-crowd-'));
const stack = await startStack({ port: 0, simulatorPort: 0, dataDir });
const db = new Firestore({ projectId: PROJECT_ID, host: stack.demo.firestoreEmulator, ssl: false });
try {
  const begun = performance.now();
  const clients: Client[] = [];
  let next = 1;
  const settleAll = async () => {
    while (next <= Number(values.clients)) clients.push(await settle(next++));
  };
  await Promise.all(Array.from({ length: SETTLED_AT_ONCE }, settleAll));
  console.log(
    `${clients.length} clients were ready after ${Math.round((performance.now() - begun) / 1_000)} s`,
  );
  const accounts = new Set(clients.map(({ account }) => account));
  if (accounts.size !== clients.length) note('two connections with one account');
  milliseconds.length = 0;
  const until = Date.now() + 1_000 * Number(values.seconds);
  await Promise.all(
    clients.map(async (client) => {
      while (Date.now() < until) {
        for (const look of LOOKS) await look(client).catch((error: Error) => note(error.message));
      }
    }),
  );
  milliseconds.sort((a, b) => a - b);
  const at = (share: number) => Math.round(milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0);
  console.log(
    `${clients.length} clients, ${values.seconds} s, ${milliseconds.length} calls: ` +
      `median ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`,
  );
  for (const [fault, times] of faults) console.log(`${times} times: ${fault}`);
  if (faults.size === 0) console.log('No error, and everybody was answered what is theirs.');
  process.exitCode = faults.size === 0 ? 0 : 1;
} finally {
  await db.terminate();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** A person who signs in, with a connection and one order, of as many shares as nobody else's. */
async function settle(quantity: number): Promise<Client> {
  const identity = { sub: `client-${quantity}`, email: `client-${quantity}@example.com` };
  const [, claims = ''] = (await emulatorSignIn(stack.demo.authEmulator, identity)).split('.');
  const { sub: ownerUid } = claimsOfUser.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
  const { key } = await createConnection(db, {
    ownerUid,
    kind: 'sandbox',
    mode: 'paper',
    label: `Client ${quantity}`,
    acceptedWarnings: [...SANDBOX_WARNINGS],
  });
  const client = { quantity, key: key.apiKey, account: '' };
  client.account = inAccount.parse(await call(client, 'get_current_account', {})).account_id;
  await call(client, 'place_order', {
    symbol: 'AAPL',
    side: 'BUY',
    quantity,
    order_type: 'LMT',
    limit_price: 1,
    tif: 'GTC',
  });
  return client;
}

async function call(client: Client, name: string, args: object): Promise<Record<string, unknown>> {
  const from = performance.now();
  const answer = await fetch(`${stack.origin}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${client.key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  });
  const text = await answer.text();
  milliseconds.push(performance.now() - from);
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}`);
  const { isError, structuredContent } = answered.parse(JSON.parse(text)).result;
  if (isError) throw new Error(`${name} failed: ${JSON.stringify(structuredContent).slice(0, 300)}`);
  return unpacked(structuredContent);
}

async function assertOwnAccount(client: Client, name: string): Promise<void> {
  const { account_id } = inAccount.parse(await call(client, name, {}));
  if (account_id !== client.account) note(`${name} told of another's account`);
}
