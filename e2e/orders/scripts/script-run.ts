/** Plays an order script as a model would, which knows only what the tools answered, with its owner and others beside. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../floor/instances.ts';
import type { OwnerAct } from '../floor/owner.ts';
import type { Account, TradingFloor, TrueOrder } from '../floor/trading-floor.ts';
import {
  askedOrder,
  changedQuantity,
  changedTerms,
  type Options,
  type OrderArguments,
} from './asked-order.ts';
import { INSTRUMENTS, POUND, roundedPrice, type Traded } from './instruments.ts';
import { type KeyIndex, type OrderScript, PLANS, type ScriptedOrder, type Step } from './order-script.ts';
import { scriptOfSeed } from './script-generator.ts';

/** One call and what it came to. */
export interface Call {
  tool: string;
  args: Record<string, unknown>;
  answer: Answer;
  /** The position of its order in the script; -1 for calls about none. */
  order: number;
  /** Of the step. */
  position: number;
  key: KeyIndex;
  /** The account that it means; null where it means none. */
  account: string | null;
  sentAt: number;
  answeredAt: number;
}

/** A yes or no of the owner, and what it came to: the state of the order then, or the code of an error. */
interface Decision {
  act: 'approve' | 'decline';
  intentId: string;
  came: string | undefined;
  sentAt: number;
  answeredAt: number;
}

export interface ScriptRun {
  seed: number;
  script: OrderScript;
  account: Account;
  /** By which its owner is told of what happens. */
  channelSecret: string;
  /** By `KeyIndex`. After a stop the second app has a new one. */
  keys: [string, string, string];
  /** What each order is asked for with. */
  asked: OrderArguments[];
  calls: Call[];
  decisions: Decision[];
  /** Placed by another program of the user. */
  elsewhere: TrueOrder[];
  /** When the first key was taken back, trading was stopped, and turned off for new orders; infinite if never. */
  revokedAt: number;
  stoppedAt: number;
  offAt: number;
  /** Trading was to be stopped: where the answer was lost, it may have been. */
  isStopAsked: boolean;
  /** Prices or states were moved from outside, so that what an order was worth when it was sent is not known. */
  isMoved: boolean;
}

export async function runScript(floor: TradingFloor, seed: number, options: Options): Promise<ScriptRun> {
  const script = scriptOfSeed(seed);
  const account = await floor.openAccount(script);
  const { connectionId } = account;
  const now = new Date();
  const run: ScriptRun = {
    seed,
    script,
    account,
    channelSecret: await floor.openChannel(account),
    keys: [
      account.key,
      await floor.newKey(account, script.approval),
      await floor.newKey(account, script.approval, 'read'),
    ],
    asked: script.orders.map((order, index) => askedOrder(order, index, options, now)),
    calls: [],
    decisions: [],
    elsewhere: [],
    revokedAt: Number.POSITIVE_INFINITY,
    stoppedAt: Number.POSITIVE_INFINITY,
    offAt: Number.POSITIVE_INFINITY,
    isStopAsked: false,
    isMoved: false,
  };
  await floor.control('POST', 'prices', { conid: POUND.conid, last: POUND.price, sandbox: connectionId });
  await Promise.all(
    Object.values(INSTRUMENTS).map((traded) => setPrice(floor, connectionId, traded, traded.price)),
  );
  await new Player(floor, run).play();
  return run;
}

/** Of one sandbox alone. */
async function setPrice(
  floor: TradingFloor,
  sandbox: string,
  { conid, halfSpread }: Traded,
  last: number,
  more: object = {},
): Promise<void> {
  const [bid, ask] = [last - halfSpread, last + halfSpread].map(roundedPrice);
  await floor.control('POST', 'prices', { conid, last, bid, ask, sandbox, ...more });
}

class Player {
  readonly #floor: TradingFloor;
  readonly #run: ScriptRun;
  readonly #open: Promise<unknown>[] = [];
  #chosen: string | null;

  constructor(floor: TradingFloor, run: ScriptRun) {
    this.#floor = floor;
    this.#run = run;
    this.#chosen = run.script.accounts === 1 ? (run.account.numbers[0] ?? null) : null;
  }

  async play(): Promise<void> {
    const { script, account } = this.#run;
    if (script.chosen !== null) await this.#choose(script.chosen, 0);
    for (const [position, step] of script.steps.entries()) {
      for (const fault of step.faults) await this.#floor.fault(account.connectionId, fault);
      const plan = PLANS.find(({ name }) => name === step.plan);
      if (plan !== undefined) {
        this.#run.isMoved = true;
        await this.#floor.control('POST', 'order-plans', {
          sandbox: account.connectionId,
          changes: plan.changes,
        });
      }
      const done = this.#step(step, position);
      this.#open.push(done);
      // Whoever plays learns of it at the end.
      done.catch(() => {});
      if (!step.isHasty) await done;
      await delay(step.pauseMs);
    }
    await Promise.all(this.#open);
  }

  async #step(step: Step, position: number): Promise<void> {
    const order = step.order % this.#run.script.orders.length;
    const scripted = this.#run.script.orders[order];
    if (scripted === undefined) throw new Error('There is no such order.');
    const { connectionId } = this.#run.account;
    switch (step.action) {
      case 'choose account':
        // What is under way means the account that was chosen when it began.
        await Promise.all(this.#open);
        return this.#choose(step.order, step.instance);
      case 'approve':
      case 'decline': {
        const intentId = this.#lastIntent(order);
        if (intentId === undefined)
          return this.#call(this.#placing(step, order, scripted), { order, position, step });
        const sentAt = Date.now();
        const came = await this.#owner(step, { act: step.action, connectionId, intentId });
        this.#run.decisions.push({ act: step.action, intentId, came, sentAt, answeredAt: Date.now() });
        return;
      }
      case 'revoke':
        await this.#floor.revoke(connectionId, this.#run.keys[0]);
        this.#run.revokedAt = Math.min(this.#run.revokedAt, Date.now());
        return;
      case 'stop':
        return this.#stop(step);
      case 'trading off':
        await this.#floor.limit(connectionId, { ...this.#run.script.limits, trading: false });
        this.#run.offAt = Math.min(this.#run.offAt, Date.now());
        return;
      case 'place with a reading key': {
        const placing = { ...this.#placing(step, order, scripted), key: 2 } as const;
        return this.#call(placing, { order: -1, position, step });
      }
      case 'schedule':
        await this.#owner(step, { act: 'upkeep', connectionId });
        return;
      case 'order elsewhere':
        return this.#placeElsewhere(scripted);
      case 'partial fill':
        return this.#fillPartly();
      case 'price move':
      case 'halt':
        return this.#move(step, scripted);
      default:
        return this.#call(this.#request(step, position, order, scripted), { order, position, step });
    }
  }

  async #call(
    { tool, args, key, account }: Pick<Call, 'tool' | 'args' | 'key' | 'account'>,
    { order, position, step }: { order: number; position: number; step: Pick<Step, 'instance'> },
  ): Promise<void> {
    const sentAt = Date.now();
    const answer = await this.#floor.instances.call(step.instance, this.#run.keys[key], tool, args);
    const answeredAt = Date.now();
    this.#run.calls.push({ tool, args, answer, order, position, key, account, sentAt, answeredAt });
    if (answer.kind === 'error' && ['session_expired', 'session_competing'].includes(answer.code))
      await this.#floor.signIn(this.#run.account.connectionId);
  }

  /** Trading stays stopped, also for who is given a new key. */
  async #stop(step: Step): Promise<void> {
    const { account, script, keys } = this.#run;
    const { connectionId } = account;
    this.#run.isStopAsked = true;
    if ((await this.#owner(step, { act: 'stop', connectionId })) !== 'done') return;
    this.#run.stoppedAt = Math.min(this.#run.stoppedAt, Date.now());
    keys[1] = await this.#floor.newKey(account, script.approval);
  }

  #owner(step: Step, act: OwnerAct): Promise<string | undefined> {
    return this.#floor.instances.owner(step.instance, act);
  }

  async #choose(index: number, instance: number): Promise<void> {
    const { numbers } = this.#run.account;
    const account_id = numbers[index % numbers.length] ?? '';
    const call = { tool: 'set_current_account', args: { account_id }, key: 0, account: account_id } as const;
    // Asked until it is answered: what an order without account means depends on it.
    let answer: Answer | undefined;
    do {
      await this.#call(call, { order: -1, position: -1, step: { instance } });
      answer = this.#run.calls.findLast(({ tool }) => tool === 'set_current_account')?.answer;
    } while (answer?.kind === 'lost');
    if (answer?.kind === 'ok') this.#chosen = account_id;
  }

  /** The call of a step. What needs an answer that never came is placed instead. */
  #request(step: Step, position: number, order: number, scripted: ScriptedOrder) {
    const { numbers } = this.#run.account;
    const intent_id = this.#lastIntent(order);
    const order_id = this.#lastOrder(order);
    const { key } = scripted;
    const about = (tool: string, args: Record<string, unknown>) => ({ tool, args, key, account: null });
    switch (step.action) {
      case 'orders':
        return about('get_orders', {});
      case 'orders elsewhere':
        return about('get_orders', { account_id: numbers[step.instance % numbers.length] });
      case 'preview':
        return { ...about('preview_order', { ...this.#run.asked[order], ...this.#named(scripted) }) };
      case 'confirm':
        if (intent_id !== undefined) return about('confirm_order', { intent_id });
        break;
      case 'cancel':
        if (order_id !== undefined) return about('cancel_order', { order_id });
        break;
      case 'cancel by intent':
        if (intent_id !== undefined) return about('cancel_order', { intent_id });
        break;
      case 'cancel all':
        return about('cancel_orders', { ...this.#named(scripted), ...instrumentIn(this.#run.asked[order]) });
      case 'close':
        return about('close_position', { ...this.#named(scripted), ...this.#closing(step, order, scripted) });
      case 'status':
        if (order_id !== undefined) return about('get_order_status', { order_id });
        break;
      case 'status by intent':
        if (intent_id !== undefined) return about('get_order_status', { intent_id });
        break;
      case 'modify':
        if (order_id !== undefined)
          return about('modify_order', this.#change(step, position, order, order_id));
        break;
    }
    return this.#placing(step, order, scripted);
  }

  #placing(step: Step, order: number, scripted: ScriptedOrder) {
    const isNamed = scripted.isNamed && !['place without id', 'place another'].includes(step.action);
    return {
      tool: 'place_order',
      args: {
        ...this.#run.asked[order],
        ...this.#named(scripted),
        ...(isNamed ? { client_order_id: this.#nameOf(order, scripted) } : {}),
        ...(step.action === 'place another' ? { duplicate_ok: true } : {}),
      },
      key: scripted.key,
      account:
        scripted.account === null ? this.#chosen : (this.#run.account.numbers[scripted.account] ?? null),
    };
  }

  /** All of a position, or a part; under a name where the order has one. */
  #closing({ reprice }: Step, order: number, { isNamed }: ScriptedOrder): Record<string, unknown> {
    return {
      ...instrumentIn(this.#run.asked[order]),
      ...(reprice === null ? {} : { percent: 20 * reprice }),
      ...(isNamed ? { client_order_id: `close-${order}-${reprice ?? 'all'}` } : {}),
    };
  }

  /** Apps that know nothing of each other give the same names. */
  #nameOf(order: number, { key }: ScriptedOrder): string {
    return `order-${this.#run.script.orders.slice(0, order).filter((other) => other.key === key).length}`;
  }

  #named({ account }: ScriptedOrder): Record<string, unknown> {
    return account === null ? {} : { account_id: this.#run.account.numbers[account] };
  }

  #change({ reprice }: Step, position: number, order: number, order_id: string): Record<string, unknown> {
    const scripted = this.#run.script.orders[order];
    const asked = this.#run.asked[order] ?? {};
    const terms = reprice === null || scripted === undefined ? {} : changedTerms(scripted, asked, reprice);
    return { order_id, quantity: changedQuantity(asked, order, position), ...terms };
  }

  #lastIntent(order: number): string | undefined {
    return this.#run.calls
      .filter((call) => call.order === order)
      .map(({ answer }) => intentOf(answer))
      .findLast((id) => id !== undefined);
  }

  #lastOrder(order: number): string | undefined {
    return this.#run.calls
      .filter((call) => call.order === order && call.tool !== 'close_position')
      .map(({ answer }) => orderOf(answer))
      .findLast((id) => id !== undefined);
  }

  async #placeElsewhere({ symbol }: ScriptedOrder): Promise<void> {
    const { numbers } = this.#run.account;
    const traded = INSTRUMENTS[symbol];
    const { conid = 0, price = 0 } = traded?.isUsStock ? traded : (INSTRUMENTS.AAPL ?? {});
    const ticket = { conid, side: 'BUY', orderType: 'LMT', price: price / 2, quantity: 70, tif: 'GTC' };
    const account = numbers[numbers.length - 1];
    const placed = await this.#floor.control('POST', 'orders', { account, orders: [ticket] });
    this.#run.elsewhere.push(...(placed as { orders: TrueOrder[] }).orders);
  }

  /** One share of the latest working order. */
  async #fillPartly(): Promise<void> {
    this.#run.isMoved = true;
    const orders = await this.#floor.orders(this.#run.account.connectionId);
    const working = orders.findLast(
      ({ origin, status, quantity, filledQuantity, legs, parentId }) =>
        origin === 'api' &&
        status === 'Submitted' &&
        quantity - filledQuantity > 1 &&
        legs === null &&
        parentId === null,
    );
    if (working === undefined) return;
    const price = Object.values(INSTRUMENTS).find(({ conid }) => conid === working.conid)?.price;
    // It may have ended since.
    await this.#floor
      .control('POST', `orders/${working.orderId}`, {
        fill: { quantity: 1, ...(price === undefined ? {} : { price }) },
      })
      .catch(() => {});
  }

  async #move({ action, reprice }: Step, { symbol }: ScriptedOrder): Promise<void> {
    this.#run.isMoved = true;
    const traded = INSTRUMENTS[symbol];
    if (traded === undefined) throw new Error('There is no such instrument.');
    const { price } = traded;
    const percent = 4 * ((reprice ?? 1) % 2 === 0 ? 1 : -1) * (reprice ?? 1);
    const moved = roundedPrice(price * (1 + percent / 100));
    const { connectionId } = this.#run.account;
    if (action === 'halt') await setPrice(this.#floor, connectionId, traded, price, { halted: true });
    else await setPrice(this.#floor, connectionId, traded, moved);
  }
}

/** The instrument of a call, where it is one alone. */
function instrumentIn({ symbol, conid }: OrderArguments = {}): OrderArguments {
  return { ...(symbol === undefined ? {} : { symbol }), ...(conid === undefined ? {} : { conid }) };
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
