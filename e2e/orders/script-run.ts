/** Plays an order script as a model would, which knows only what the tools answered. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './instances.ts';
import { type OrderScript, type ScriptedOrder, scriptOfSeed } from './order-script.ts';
import type { Account, TradingFloor } from './trading-floor.ts';

/** One call and what it came to. */
export interface Call {
  tool: string;
  args: Record<string, unknown>;
  answer: Answer;
  /** The position of its order in the script. */
  order: number;
}

export interface ScriptRun {
  seed: number;
  script: OrderScript;
  account: Account;
  calls: Call[];
}

/** By symbol. */
export type Prices = Record<string, number>;

export async function runScript(floor: TradingFloor, seed: number, prices: Prices): Promise<ScriptRun> {
  const script = scriptOfSeed(seed);
  const account = await floor.openAccount(script);
  const run: ScriptRun = { seed, script, account, calls: [] };
  const open: Promise<void>[] = [];
  for (const [position, step] of script.steps.entries()) {
    for (const fault of step.faults) await floor.fault(account.connectionId, fault);
    const order = step.order % script.orders.length;
    const { tool, args } = request(run, position, order, prices);
    const done = floor.instances.call(step.instance, account.key, tool, args).then(async (answer) => {
      run.calls.push({ tool, args, answer, order });
      if (answer.kind === 'error' && answer.code === 'session_expired')
        await floor.signIn(account.connectionId);
    });
    open.push(done);
    if (!step.isHasty) await done;
    await delay(step.pauseMs);
  }
  await Promise.all(open);
  return run;
}

/** The call of a step. What needs an answer that never came is placed instead. */
function request(run: ScriptRun, position: number, order: number, prices: Prices) {
  const scripted = run.script.orders[order];
  const step = run.script.steps[position];
  if (scripted === undefined || step === undefined) throw new Error('There is no such step.');
  const { action, reprice } = step;
  const known = run.calls.filter((call) => call.order === order);
  const intentId = known.map(({ answer }) => intentOf(answer)).findLast((id) => id !== undefined);
  const orderId = known.map(({ answer }) => orderOf(answer)).findLast((id) => id !== undefined);
  if (action === 'confirm' && intentId !== undefined)
    return { tool: 'confirm_order', args: { intent_id: intentId } };
  if (action === 'modify' && orderId !== undefined) {
    const price =
      scripted.form.includes('limit') && reprice !== null ? priceAt(scripted, -reprice, prices) : null;
    return {
      tool: 'modify_order',
      args: {
        order_id: orderId,
        quantity: changedQuantity(order, position),
        ...(price === null ? {} : { limit_price: price }),
      },
    };
  }
  if (action === 'cancel' && orderId !== undefined)
    return { tool: 'cancel_order', args: { order_id: orderId } };
  if (action === 'status' && orderId !== undefined)
    return { tool: 'get_order_status', args: { order_id: orderId } };
  if (action === 'status by intent' && intentId !== undefined)
    return { tool: 'get_order_status', args: { intent_id: intentId } };
  const isNamed = scripted.isNamed && action !== 'place without id' && action !== 'place another';
  return {
    tool: 'place_order',
    args: {
      ...ticket(scripted, order, prices),
      ...(isNamed ? { client_order_id: `order-${order}` } : {}),
      ...(action === 'place another' ? { duplicate_ok: true } : {}),
    },
  };
}

function ticket(scripted: ScriptedOrder, order: number, prices: Prices) {
  const { symbol, side, form } = scripted;
  const at = (percent: number) => priceAt(scripted, percent, prices);
  const terms = {
    market: { order_type: 'MKT' },
    'near limit': { order_type: 'LMT', limit_price: at(1) },
    // So near still that IBKR asks nothing.
    'resting limit': { order_type: 'LMT', limit_price: at(-2) },
    'far limit': { order_type: 'LMT', limit_price: at(-40) },
    stop: { order_type: 'STP', stop_price: at(20) },
  };
  return { symbol, side, quantity: quantityOf(order), ...terms[form] };
}

/** A price worse for the order than the market's by so many percent; better if negative. */
function priceAt({ symbol, side }: ScriptedOrder, percent: number, prices: Prices): number {
  const price = prices[symbol];
  if (price === undefined) throw new Error(`No price of ${symbol}.`);
  const worse = side === 'BUY' ? percent : -percent;
  return Number((price * (1 + worse / 100)).toFixed(2));
}

/** Differs for every order of a script. */
function quantityOf(order: number): number {
  return order + 1;
}

/** Differs for every step of a script as well. */
function changedQuantity(order: number, position: number): number {
  return quantityOf(order) + 10 * (position + 1);
}

/** Which order of a script has this quantity, at first or after a change. */
export function orderWith(quantity: number): number {
  return (quantity % 10) - 1;
}

export function intentOf(answer: Answer): string | undefined {
  const id =
    answer.kind === 'ok' ? answer.value.intent_id : answer.kind === 'error' && answer.details.intent_id;
  return typeof id === 'string' ? id : undefined;
}

function orderOf(answer: Answer): string | undefined {
  const id = answer.kind === 'ok' ? answer.value.order_id : undefined;
  return typeof id === 'string' ? id : undefined;
}
