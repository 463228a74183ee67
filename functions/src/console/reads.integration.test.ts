/**
 * Whatever a read-only key, the console and the schedule read, the next call of a key that writes does what it would have
 * done without them: in the same account, on the same contract, with the same quantity and prices.
 */
import fc from 'fast-check';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keepAlive } from '../jobs/keep-alive.ts';
import { keepOrders } from '../jobs/order-upkeep.ts';
import type { Service } from '../service.ts';
import { setCurrentAccount } from '../store/connections.ts';
import { createApiKey } from '../store/credentials/api-keys.ts';
import { markSessionUsed } from '../store/sessions.ts';
import { newSandboxConnection } from '../testing/access.ts';
import { idToken, OWNER, useConsoleOwner } from '../testing/console/console-owner.ts';
import { askConsole, callTool } from '../testing/console/requests.ts';
import { setPrice, simulatorUrl } from '../testing/sandbox.ts';
import { useServers } from '../testing/servers.ts';
import { testService } from '../testing/service.ts';
import { controlSimulator } from '../testing/simulator-control.ts';
import { TOOLS } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import { consoleReads } from './app.ts';

const [NVDA, AAPL] = [4815747, 265598];
const HOUR_MS = 3_600_000;

let db: Firestore;

useServers((opened) => {
  db = opened;
});

useConsoleOwner();
beforeAll(async () => {
  for (const conid of [NVDA, AAPL]) await setPrice(conid, 100);
});

const simulator = (path: string, body: object) => controlSimulator(simulatorUrl(), 'POST', path, body);

function service(): Service {
  return testService(db, { simulatorUrl: simulatorUrl() });
}

type Answer = Record<string, unknown>;

async function call(key: string, name: string, args: object): Promise<Answer> {
  return (await callTool(service(), key, name, args)).structuredContent;
}

async function callConsole(method: string, path: string, body?: object): Promise<Answer> {
  const answer = await askConsole(service(), { method, path, bearer: idToken(), body });
  return answer.status < 300 ? answer.body : { error: answer.body.error };
}

/** A connection with several accounts, a key that reads, and one that writes and has an order in each account. */
interface World {
  id: string;
  accounts: string[];
  reader: string;
  writer: string;
  standing: { order_id: string; intent_id: string; client_order_id: string }[];
}

interface Login {
  /** How many. */
  accounts: number;
  /** Which one, counted from 0. */
  chosen: number | null;
}

const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 5, order_type: 'LMT', limit_price: 98, tif: 'GTC' };

const placed = z.object({ order_id: z.string(), intent_id: z.string(), client_order_id: z.string() });
const opened = z.object({ accounts: z.array(z.string()) });

async function newWorld({ accounts: count, chosen }: Login): Promise<World> {
  const { connection, apiKey } = await newSandboxConnection(db, { ownerUid: OWNER.uid });
  const reader = await createApiKey(db, { connection, label: 'reader', scope: 'read' });
  const { accounts } = opened.parse(await simulator('sandboxes', { id: connection.id, accounts: count }));
  if (chosen !== null) await setCurrentAccount(db, connection.id, accounts[chosen] ?? '');
  const standing = [];
  for (const [index, account_id] of accounts.entries()) {
    const order = { ...RESTING, account_id, client_order_id: `standing-${index}` };
    standing.push(placed.parse(await call(apiKey, 'place_order', order)));
  }
  await markSessionUsed(db, connection.id, new Date());
  return { id: connection.id, accounts, reader: reader.apiKey, writer: apiKey, standing };
}

/** Something that reads, by index where it is about an account or an order. */
interface Read {
  by: 'key' | 'console' | 'page' | 'schedule';
  /** Of a tool, or the path of a page. */
  name: string;
  account: number | null;
  order: number;
}

const READ_TOOLS = TOOLS.filter(({ scope }) => scope === 'read');

/** What arguments are worth trying, by name; for a tool that needs more than one of them, together. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  symbol: 'AAPL',
  symbols: ['AAPL', 'NVDA'],
  query: 'AAPL',
  from: 'EUR',
  to: 'USD',
  type: 'TOP_PERC_GAIN',
  // Resting orders stay as they are: longer is only waited for.
  seconds: 1,
};
const TOGETHER: Readonly<Record<string, object>> = {
  preview_order: { ...RESTING, quantity: 3 },
};

function argumentsOf({ name, inputSchema }: Tool, { account, order }: Read, world: World): object {
  const known = inputSchema.properties ?? {};
  const missing = (inputSchema.required ?? []).find((one) => !(one in EXAMPLES) && !(name in TOGETHER));
  if (missing !== undefined) throw new Error(`Give an example of "${missing}" of ${name}.`);
  const examples = Object.entries(EXAMPLES).filter(([argument]) => argument in known);
  const orderId = world.standing[order % world.standing.length]?.order_id;
  const accountId = account === null ? undefined : world.accounts[account % world.accounts.length];
  return {
    ...(TOGETHER[name] ?? Object.fromEntries(examples)),
    ...('order_id' in known && { order_id: orderId }),
    ...('account_id' in known && !('order_id' in known) && { account_id: accountId }),
  };
}

/** Links in mails lead on to a page, the status is for operators, and a sandbox has no address. */
const NOT_READ = /^\/api\/(email\/|status$|connections\/:id\/address$)/;
const PAGES = consoleReads().filter((path) => !NOT_READ.test(path));

const EVERY_READ: Pick<Read, 'by' | 'name'>[] = [
  ...READ_TOOLS.flatMap(({ name }) => [{ by: 'key', name } as const, { by: 'console', name } as const]),
  ...PAGES.map((name) => ({ by: 'page', name }) as const),
  { by: 'schedule', name: 'orders' },
  { by: 'schedule', name: 'session' },
];

/** @returns what went wrong, which no read should. */
async function read(world: World, one: Read): Promise<unknown> {
  const { by, name } = one;
  if (by === 'schedule') {
    const later = new Date(Date.now() + (one.order + 1) * HOUR_MS);
    const access = service();
    await (name === 'orders' ? keepOrders(access, world.id, later) : keepAlive(access, world.id, later));
    return undefined;
  }
  if (by === 'page') {
    return (await callConsole('GET', name.replace(':id', await idFor(world, one)))).error;
  }
  const tool = READ_TOOLS.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`No tool ${name} reads.`);
  const args = argumentsOf(tool, one, world);
  const answer =
    by === 'key'
      ? await call(world.reader, name, args)
      : await callConsole('POST', `/api/connections/${world.id}/tools/${name}`, args);
  return answer.error;
}

/** What the path of a page is about: an order, the person's channel, or the connection. */
async function idFor({ id, standing }: World, { name, order }: Read): Promise<string> {
  if (name.includes('/intents/:id')) return standing[order % standing.length]?.intent_id ?? '';
  return name.includes('/channels/:id') ? ownChannel() : id;
}

const withId = z.object({ channel: z.object({ id: z.string() }) });
/** The person has one, whichever world they look at. */
let channel: Promise<string> | undefined;

function ownChannel(): Promise<string> {
  const fields = { kind: 'webhook', label: 'program', url: 'https://example.com/news' };
  channel ??= callConsole('POST', '/api/channels', fields).then((made) => withId.parse(made).channel.id);
  return channel;
}

/** A call that acts, or says what acting would do. */
interface Write {
  tool: 'place_order' | 'preview_order' | 'modify_order' | 'cancel_order';
  symbol: 'NVDA' | 'AAPL';
  side: 'BUY' | 'SELL';
  quantity: number;
  price: number;
  /** Named in the call, where it names one. */
  account: number | null;
  /** Which of the standing orders is changed or cancelled, and what it is called by. */
  order: number;
  by: 'order_id' | 'intent_id' | 'client_order_id';
}

async function write(world: World, { tool, order, by, ...one }: Write): Promise<Answer> {
  const { symbol, side, quantity, price, account } = one;
  const standing = world.standing[order % world.standing.length];
  const named = { [by]: standing?.[by] };
  const accountId = account === null ? undefined : world.accounts[account % world.accounts.length];
  switch (tool) {
    case 'cancel_order':
      return call(world.writer, tool, named);
    case 'modify_order':
      return call(world.writer, tool, { ...named, quantity, limit_price: price });
    default: {
      const terms = { symbol, side, quantity, order_type: 'LMT', limit_price: price, tif: 'GTC' };
      return call(world.writer, tool, { ...terms, account_id: accountId });
    }
  }
}

const listed = z.object({ orders: z.array(z.record(z.string(), z.unknown())) });

/** The truth about the orders of a login, their accounts by their place in it. */
async function ordersOf({ id, accounts }: World) {
  const answer = await fetch(`${simulatorUrl()}/sim/orders?sandbox=${id}`);
  return listed.parse(await answer.json()).orders.map((order) => {
    const { orderId: _, cOID: __, sandbox: ___, createdAt: ____, account, ...terms } = order;
    return { ...terms, account: accounts.indexOf(String(account)) };
  });
}

const SAME = [
  'symbol',
  'conid',
  'side',
  'quantity',
  'order_type',
  'limit_price',
  'state',
  'outcome',
  'amount',
];

/** Of an answer what two logins have in common. */
function told({ accounts }: World, answer: Answer): Answer {
  const { code } = z.object({ code: z.string() }).catch({ code: '' }).parse(answer.error);
  const common = SAME.filter((field) => field in answer).map((field) => [field, answer[field]]);
  const account = 'account_id' in answer ? accounts.indexOf(String(answer.account_id)) : null;
  return { ...Object.fromEntries(common), code, account };
}

/** What reads of a single account moves IBKR's selection, and is tried as often as all the rest. */
const READS_OF_ACCOUNT = EVERY_READ.filter(({ by, name }) => {
  const tool = READ_TOOLS.find((one) => one.name === name);
  return by !== 'page' && 'account_id' in (tool?.inputSchema.properties ?? {});
});

const reads = fc.array(
  fc.record({
    read: fc.oneof(fc.constantFrom(...READS_OF_ACCOUNT), fc.constantFrom(...EVERY_READ)),
    account: fc.option(fc.nat({ max: 2 }), { freq: 4 }),
    order: fc.nat({ max: 2 }),
  }),
  { minLength: 2, maxLength: 4 },
);

const terms = {
  symbol: fc.constantFrom('NVDA', 'AAPL'),
  side: fc.constantFrom('BUY', 'SELL'),
  quantity: fc.integer({ min: 1, max: 9 }),
  price: fc.integer({ min: 97, max: 103 }),
  order: fc.nat({ max: 2 }),
  by: fc.constantFrom('order_id', 'intent_id', 'client_order_id'),
} as const;

const writes: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ ...terms, tool: fc.constantFrom('place_order', 'preview_order'), account: fc.constant(null) }),
  fc.record({
    ...terms,
    tool: fc.constantFrom('place_order', 'preview_order', 'modify_order', 'cancel_order'),
    account: fc.nat({ max: 2 }),
  }),
);

/** Calls that act, each after some that read. */
const steps = fc.array(fc.record({ reads, write: writes }), { minLength: 8, maxLength: 8 });

const LOGINS: (Login & { choice: string })[] = [
  { choice: 'none of two accounts', accounts: 2, chosen: null },
  { choice: 'the first of two accounts', accounts: 2, chosen: 0 },
  { choice: 'the last of three accounts', accounts: 3, chosen: 2 },
];

describe.concurrent('calls that act do what they would have done without any reads before them', () => {
  it.each(LOGINS.map((login, index) => ({ ...login, index })))('with $choice chosen', async (login) => {
    const property = fc.asyncProperty(steps, async (all) => {
      const [world, unread] = await Promise.all([newWorld(login), newWorld(login)]);
      for (const { reads: before, write: one } of all) {
        for (const { read: what, ...about } of before) {
          const each = { ...what, ...about };
          expect(await read(world, each), JSON.stringify(each)).toBeUndefined();
        }
        const [after, without] = await Promise.all([write(world, one), write(unread, one)]);
        expect(told(world, after), JSON.stringify(one)).toEqual(told(unread, without));
        expect(await ordersOf(world)).toEqual(await ordersOf(unread));
      }
    });
    const { seed = 0 } = fc.readConfigureGlobal();
    await fc.assert(property, { seed: seed + login.index, numRuns: 1, endOnFailure: true });
  });
});

it('reads with everything there is to read with', async () => {
  const world = await newWorld({ accounts: 2, chosen: null });
  const failed = [];
  for (const one of EVERY_READ) {
    const error = await read(world, { ...one, account: 1, order: 1 });
    if (error !== undefined) failed.push({ ...one, error });
  }
  expect(failed).toEqual([]);
  expect(await ordersOf(world)).toHaveLength(2);
});
