/** Brings the orders of all scripts to rest, then compares what was said of them with what the simulator has. */
import { setTimeout as delay } from 'node:timers/promises';
import { isFinal } from '../../functions/src/orders/decisions.ts';
import { intendedOrder } from '../../functions/src/orders/proposed-order.ts';
import {
  type IntentState,
  listIntents,
  type OrderIntent,
  readRegister,
} from '../../functions/src/store/order-intents.ts';
import { intentOf, orderWith, type ScriptRun } from './script-run.ts';
import type { TradingFloor, TrueOrder } from './trading-floor.ts';

/** When an intent counts as left behind by its process, and a little more. */
const ABANDONED_MS = 77_000;
const LOOKS = 3;
const AT_A_TIME = 30;

const ALL_STATES: readonly IntentState[] = [
  'awaiting_approval',
  'sending',
  'needs_reply',
  'working',
  'filled',
  'cancelled',
  'rejected',
  'unknown',
  'not_placed',
];
const AT_IBKR: readonly IntentState[] = ['working', 'filled', 'cancelled'];

/** Codes after which a call has certainly sent no order. */
const NOTHING_SENT = [
  'ibkr_unavailable',
  'ibkr_timeout',
  'ibkr_rate_limited',
  'ibkr_rejected',
  'session_expired',
  'possible_duplicate',
  'limit_exceeded',
  'not_placed',
  'order_rejected',
];

/** Asks for every intent until nothing about it is open. All instances must be idle and all faults over. */
export async function bringToRest(floor: TradingFloor, runs: readonly ScriptRun[]): Promise<void> {
  await inParallel(runs, AT_A_TIME, ({ account }) => floor.signIn(account.connectionId));
  const unsettled = await intentsOf(floor, runs, ['sending', 'unknown']);
  const settled = unsettled.map(({ intent: { state, updatedAt, arrivesBy } }) =>
    state === 'sending' ? updatedAt.getTime() + ABANDONED_MS : (arrivesBy?.getTime() ?? 0),
  );
  await delay(Math.max(0, ...settled.map((time) => time - Date.now())));
  for (let look = 0; look < LOOKS; look++) {
    const open = (await intentsOf(floor, runs, ALL_STATES)).filter(({ intent }) => !isFinal(intent.state));
    await inParallel(open, AT_A_TIME, async ({ run, intent }) => {
      const args = { intent_id: intent.id };
      const answer = await floor.instances.call(look, run.account.key, 'get_order_status', args);
      run.calls.push({ tool: 'get_order_status', args, answer, order: -1 });
    });
  }
}

/** What is not as it was said to be, one sentence each; nothing when all is well. */
export async function complaints(floor: TradingFloor, runs: readonly ScriptRun[]): Promise<string[]> {
  const orders = await floor.orders();
  const found: string[] = [];
  const claimed = new Set<string>();
  for (const run of runs) {
    const intents = await listIntents(floor.db, run.account.connectionId, ALL_STATES);
    for (const { cOID } of intents) claimed.add(cOID);
    const { register } = await readRegister(floor.db, run.account.connectionId);
    const counted = intents.filter(({ countedOn }) => countedOn === register.day).length;
    const about = [
      ...intents.flatMap((intent) => aboutIntent(intent, intents, orders)),
      ...run.calls.flatMap((call) => aboutAnswer(call, intents, orders)),
      ...run.script.orders.flatMap((_, order) => aboutOrder(run, order, intents, orders)),
      ...(Object.keys(register.open).length === 0 ? [] : ['the register holds open fates']),
      ...(counted === register.total.orders
        ? []
        : [`the register counts ${register.total.orders} orders of ${counted}`]),
    ];
    found.push(...about.map((complaint) => `ORDER_SEED=${run.seed}: ${complaint}`));
  }
  for (const { cOID, orderId } of orders) {
    if (cOID === null || !claimed.has(cOID)) found.push(`order ${orderId} (${cOID}) is nobody's`);
  }
  return found;
}

function aboutIntent(
  intent: OrderIntent,
  intents: readonly OrderIntent[],
  orders: readonly TrueOrder[],
): string[] {
  const { state, id } = intent;
  const own = orders.filter(({ cOID }) => cOID === intent.cOID);
  const [order] = own;
  const history = intent.history.map((entry) => `${entry.state} (${entry.note})`).join(' → ');
  const complain = (what: string) => [`intent ${id} ${what}; ${history}`];
  if (state === 'sending' || state === 'unknown') return complain(`was left ${state}`);
  const { modifies, ticket } = intendedOrder(intent);
  if (modifies !== undefined) {
    const changed = orders.find(({ orderId }) => orderId === modifies);
    if (own.length > 0) return complain('is a change, and IBKR has an order of its own for it');
    if (changed === undefined) return complain(`changes order ${modifies}, which does not exist`);
    const denied = state === 'not_placed' || state === 'rejected' || state === 'awaiting_approval';
    if (denied && changed.quantity === ticket.quantity)
      return complain(`is ${state}, and the change was made`);
    const first = intents.find(({ cOID }) => cOID === changed.cOID);
    const isAsFirst = first !== undefined && intendedOrder(first).ticket.quantity === changed.quantity;
    if (isAsFirst && (state === 'working' || state === 'filled'))
      return complain(`is ${state}, and order ${modifies} was never changed`);
    return [];
  }
  const expected = AT_IBKR.includes(state) ? 1 : 0;
  if (own.length !== expected) return complain(`is ${state}, with ${own.length} orders at IBKR`);
  if (state === 'filled' && order?.status !== 'Filled') return complain(`is filled, IBKR: ${order?.status}`);
  if (state === 'cancelled' && order?.status !== 'Cancelled')
    return complain(`is cancelled, IBKR: ${order?.status}`);
  return [];
}

/** What a tool said once must hold for ever. */
function aboutAnswer(
  { tool, args, answer }: ScriptRun['calls'][number],
  intents: readonly OrderIntent[],
  orders: readonly TrueOrder[],
): string[] {
  const complain = (what: string) => [`${tool} ${JSON.stringify(args)} ${what}: ${JSON.stringify(answer)}`];
  if (answer.kind === 'lost') return [];
  if (answer.kind === 'error') {
    if (answer.code === 'internal_error') return complain('failed');
    const saidAbsent = answer.code === 'not_placed' || answer.code === 'order_rejected';
    const cOID = `ig-${intentOf(answer)}`;
    if (saidAbsent && orders.some((order) => order.cOID === cOID))
      return complain('denied an order that exists');
    return [];
  }
  const { intent_id, order_id, state } = answer.value;
  const order = orders.find(({ orderId }) => orderId === order_id);
  if (order === undefined) return order_id === null ? [] : complain('named an order that does not exist');
  const intent = intents.find(({ id }) => id === intent_id);
  if (intent !== undefined && intent.cOID !== order.cOID && intendedOrder(intent).modifies !== order_id)
    return complain('named the order of another intent');
  if (state === 'filled' && order.status !== 'Filled') return complain('called an order filled');
  if (state === 'cancelled' && order.status !== 'Cancelled') return complain('called an order cancelled');
  return [];
}

/** No more orders of a kind than there were calls that may have sent one. */
function aboutOrder(
  run: ScriptRun,
  order: number,
  intents: readonly OrderIntent[],
  orders: readonly TrueOrder[],
): string[] {
  const cOIDs = intents.map(({ cOID }) => cOID);
  const sent = orders.filter(
    ({ cOID, quantity }) => cOIDs.includes(cOID ?? '') && orderWith(quantity) === order,
  );
  const mayHaveSent = run.calls.filter(
    (call) =>
      call.tool === 'place_order' &&
      call.order === order &&
      !(call.answer.kind === 'error' && NOTHING_SENT.includes(call.answer.code)),
  );
  const isNamed = (call: { args: Record<string, unknown> }) => call.args.client_order_id !== undefined;
  const names = mayHaveSent.some(isNamed) ? 1 : 0;
  const most = names + mayHaveSent.filter((call) => !isNamed(call)).length;
  return sent.length <= most
    ? []
    : [`${sent.length} orders number ${order}, and ${most} calls that may have sent one`];
}

async function intentsOf(floor: TradingFloor, runs: readonly ScriptRun[], states: readonly IntentState[]) {
  const lists = await Promise.all(
    runs.map(async (run) => {
      const intents = await listIntents(floor.db, run.account.connectionId, states);
      return intents.map((intent) => ({ run, intent }));
    }),
  );
  return lists.flat();
}

/** Works through the items, so many at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}
