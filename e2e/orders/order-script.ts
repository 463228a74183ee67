/** What a model, its owner and others may do in a row, and what may go wrong meanwhile: the same for the same seed. */
import fc from 'fast-check';
import { OFFERED_WARNINGS, SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import type { Fault } from './fault.ts';
import { INSTRUMENTS } from './instruments.ts';

/** Two accounts at most: the first that IBKR names, and the other one. */
export type AccountIndex = 0 | 1;
/** The key of a script's app, that of another app on the same connection, and one that may only read. */
export type KeyIndex = 0 | 1 | 2;

export interface OrderScript {
  approval: 'none' | 'model' | 'owner';
  acceptedWarnings: readonly string[];
  limits: Limits;
  accounts: 1 | 2;
  /** The account chosen at the beginning; null: none is. */
  chosen: AccountIndex | null;
  orders: ScriptedOrder[];
  steps: Step[];
}

/** The owner's, in the terms of the console's API. */
export type Limits = Partial<{
  maxOrderValue: number;
  maxDailyValue: number;
  maxDailyOrders: number;
  symbols: string[];
  shortSelling: boolean;
  priceCollarPercent: number;
}>;

export const ORDER_FORMS = [
  ...['market', 'near limit', 'resting limit', 'far limit', 'stop', 'stop limit', 'market if touched'],
  ...['limit if touched', 'trail by amount', 'trail by percent', 'trail limit', 'midprice'],
  ...['limit on close', 'market on close'],
] as const;
export type OrderForm = (typeof ORDER_FORMS)[number] & string;

/**
 * An order that a script places, perhaps more than once. The last digit of its quantity, or of its amount, tells it from
 * the others of the script, also after changes.
 */
export interface ScriptedOrder {
  symbol: string;
  side: 'BUY' | 'SELL';
  form: OrderForm;
  tif: 'DAY' | 'GTC' | 'IOC' | 'OPG' | 'GTD';
  outsideRth: boolean;
  size: 'whole' | 'large' | 'fraction' | 'cash' | 'large cash';
  exits: 'none' | 'profit' | 'loss' | 'both' | 'both with limit';
  /** Another one of which one cancels the other. */
  oca: boolean;
  /** On AAPL, in place of the symbol. */
  options: 'none' | 'single' | 'vertical';
  /** Named in the call; null: the one that a call without account means. */
  account: AccountIndex | null;
  key: 0 | 1;
  /** Whether it is placed with a client order id. */
  isNamed: boolean;
}

export interface Step {
  action: Action;
  /** Which order, counted round. */
  order: number;
  /** Which instance, counted round. */
  instance: number;
  /** Of a change: how far the new limit price is from the market, in percent; null: only the quantity changes. */
  reprice: number | null;
  /** What goes wrong from this step on. */
  faults: Fault[];
  /** What becomes of the next order once IBKR has it, whatever the market does. */
  plan: (typeof PLANS)[number]['name'] | null;
  /** Whether the next step begins before this one has its answer. */
  isHasty: boolean;
  pauseMs: number;
}

/** Of a model. */
const CALLS = [
  ...['place', 'place without id', 'place another', 'confirm', 'modify', 'cancel', 'cancel by intent'],
  ...['status', 'status by intent', 'orders', 'orders elsewhere', 'preview', 'choose account'],
] as const;
/** Of a key that may only read, the owner, other programs, the market and the schedule. */
const EVENTS = [
  ...[
    'approve',
    'decline',
    'revoke',
    'stop',
    'trading off',
    'place with a reading key',
    'order elsewhere',
    'partial fill',
    'price move',
    'halt',
    'schedule',
  ],
] as const;
export const ACTIONS = [...CALLS, ...EVENTS];
export type Action = (typeof ACTIONS)[number] & string;

/** Late changes of an order's state, as IBKR makes them. */
export const PLANS = [
  { name: 'rejected late', changes: [{ status: 'Inactive', reason: 'No permission', afterMs: 700 }] },
  { name: 'cancelled late', changes: [{ status: 'Cancelled', reason: 'Ended by IBKR', afterMs: 900 }] },
  {
    name: 'held, then let go',
    changes: [
      { status: 'Inactive', reason: 'Held', afterMs: 0 },
      { status: 'Submitted', afterMs: 4_000 },
    ],
  },
] as const;

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };
const CHANGES = { method: 'POST', path: '/iserver/account/*/order/*' };
const LIST = { method: 'GET', path: '/iserver/account/orders' };
const TRADES = { method: 'GET', path: '/iserver/account/trades' };
const SESSION = { method: 'POST', path: '/iserver/auth/status' };
const STATUS = { method: 'GET', path: '/iserver/account/order/status/*' };

const place = fc.oneof(
  { weight: 5, arbitrary: fc.constant(ORDERS) },
  { weight: 4, arbitrary: fc.constant(REPLIES) },
  { weight: 3, arbitrary: fc.constant(CHANGES) },
  { weight: 3, arbitrary: fc.constantFrom(LIST, TRADES, STATUS, SESSION, { method: 'DELETE' }, {}) },
);

/** One that nobody accepts beforehand. */
const QUESTION = { kind: 'question', body: { message: ['Is that what you mean?'], messageIds: ['o1'] } };

const harm = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'reset_after_accept' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: 'reset' }, { kind: 'malformed' }, { kind: 'session_lost' }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'competing' }, QUESTION) },
  { weight: 2, arbitrary: fc.constantFrom(500, 503, 429).map((status) => ({ kind: 'status', status })) },
  // The client gives up after 8 s; IBKR itself after about ten, unless something on the way holds the request up.
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(300, 3_000, 7_500, 9_000, 10_500, 20_000, 45_000)
      .map((delayMs) => ({ kind: 'delay', delayMs })),
  },
);

const fault: fc.Arbitrary<Fault> = fc
  .tuple(place, harm, fc.integer({ min: 1, max: 2 }))
  .map(([match, harmed, times]) => ({ match, times, ...harmed }));

const weighted = <T>(weight: number, ...values: T[]) => ({ weight, arbitrary: fc.constantFrom(...values) });

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof(
    weighted<Action>(24, 'place', 'confirm', 'approve'),
    weighted<Action>(12, 'modify'),
    weighted<Action>(9, 'price move', 'partial fill'),
    weighted<Action>(42, ...(CALLS as readonly Action[])),
    weighted<Action>(9, 'schedule', 'order elsewhere', 'halt', 'decline', 'place with a reading key'),
    weighted<Action>(12, 'revoke', 'stop', 'trading off', 'trading off'),
  ),
  // Often the first, so that one order meets several steps.
  order: fc.oneof(weighted(1, 0), { weight: 1, arbitrary: fc.nat(5) }),
  instance: fc.nat(100),
  // Beyond 3 % IBKR asks about the price.
  reprice: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 2 }),
  faults: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 2, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
  ),
  plan: fc.oneof(weighted(9, null), weighted(1, ...PLANS.map(({ name }) => name))),
  isHasty: fc.oneof(weighted(3, false), weighted(1, true)),
  pauseMs: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.nat(3_000) },
    // As long as a person takes to read a question.
    { weight: 1, arbitrary: fc.constant(16_000) },
  ),
});

/** As a rule, those whose yes is asked for give it, and nobody else does. */
function meaningful(approval: OrderScript['approval'], { action, instance }: Step): Action {
  if (instance % 4 === 0) return action;
  if (approval === 'none') {
    return action === 'approve' ? 'modify' : action === 'decline' ? 'cancel' : action;
  }
  return YES_INSTEAD.includes(action) ? yesOf(approval) : action;
}

const YES_INSTEAD: readonly Action[] = [
  ...(['approve', 'confirm', 'place without id', 'preview', 'orders', 'orders elsewhere', 'status'] as const),
];

function yesOf(approval: OrderScript['approval']): Action {
  return approval === 'none' ? 'place another' : approval === 'owner' ? 'approve' : 'confirm';
}

/** The second of a pair fills in part, as a rule: it is the last that works. */
function fillOfPair(action: Action): Action {
  return action === 'preview' || action === 'order elsewhere' || action === 'halt' ? 'partial fill' : action;
}

/** After the end of an access or of trading, something is tried in spite of it every other time. */
function afterEnds(approval: OrderScript['approval'], steps: readonly Step[]): Step[] {
  const end = steps.findIndex(({ action }) => ENDS.includes(action));
  return steps.map((step, position) =>
    end === -1 || position <= end || step.instance % 2 === 0 ? step : { ...step, action: yesOf(approval) },
  );
}

/** What a script has nothing of at all: what is drawn for every step alone is met by every script, and hides the rest. */
const absences = fc.record({
  isCalm: fc.oneof(weighted(3, false), weighted(2, true)),
  isStill: fc.boolean(),
  isEndless: fc.boolean(),
  /** Nearly all of its steps change its first order. */
  isOfChanges: fc.oneof(weighted(5, false), weighted(1, true)),
});
type Absences = typeof absences extends fc.Arbitrary<infer Drawn> ? Drawn : never;
/** Every script begins with so many steps that end nothing. */
const STEPS_BEFORE_ENDS = 3;
const ENDS: readonly Action[] = ['revoke', 'stop', 'trading off'];
const MOVES: readonly Action[] = ['price move', 'partial fill', 'halt'];

function without({ isCalm, isStill, isEndless, isOfChanges }: Absences, step: Step, position: number): Step {
  if (isOfChanges && position > 0 && step.instance % 4 !== 1)
    return { ...step, action: 'modify', order: 0, faults: isCalm ? [] : step.faults, plan: null };
  const isTooEarly = ENDS.includes(step.action) && (isEndless || position < STEPS_BEFORE_ENDS);
  const isMove = MOVES.includes(step.action) && isStill;
  return {
    ...step,
    action: isTooEarly ? 'place' : isMove ? 'modify' : step.action,
    ...(isCalm ? { faults: [] } : {}),
    ...(isStill ? { plan: null } : {}),
  };
}

const names = Object.keys(INSTRUMENTS);
const usStocks = names.filter((name) => INSTRUMENTS[name]?.isUsStock);
const symbol = fc.oneof(
  weighted(5, ...usStocks),
  weighted(1, ...names.filter((name) => !usStocks.includes(name))),
);

const limits: fc.Arbitrary<Limits> = fc.oneof(
  weighted<Limits>(1, {}),
  weighted<Limits>(
    1,
    { maxOrderValue: 800 },
    { maxDailyValue: 1_500 },
    { maxDailyOrders: 3 },
    { shortSelling: false },
    { shortSelling: false, maxDailyOrders: 5 },
    { priceCollarPercent: 5 },
    { symbols: ['AAPL', 'NVDA'] },
    { maxOrderValue: 5_000, maxDailyOrders: 5 },
  ),
);

const scriptedOrder: fc.Arbitrary<ScriptedOrder> = fc
  .record({
    symbol,
    side: fc.constantFrom<'BUY' | 'SELL'>('BUY', 'BUY', 'SELL'),
    form: fc.oneof(
      weighted<OrderForm>(5, 'market', 'near limit', 'resting limit', 'resting limit', 'far limit', 'stop'),
      weighted<OrderForm>(4, ...(ORDER_FORMS as readonly OrderForm[])),
    ),
    tif: fc.oneof(
      weighted<ScriptedOrder['tif']>(3, 'DAY', 'GTC'),
      weighted<ScriptedOrder['tif']>(2, 'IOC', 'OPG', 'GTD', 'GTD'),
    ),
    outsideRth: fc.oneof(weighted(2, false), weighted(1, true)),
    size: fc.oneof(
      weighted<ScriptedOrder['size']>(3, 'whole'),
      weighted<ScriptedOrder['size']>(1, 'large', 'fraction', 'cash'),
    ),
    exits: fc.oneof(
      weighted<ScriptedOrder['exits']>(4, 'none'),
      weighted<ScriptedOrder['exits']>(2, 'profit', 'loss', 'both', 'both with limit'),
    ),
    oca: fc.oneof(weighted(5, false), weighted(1, true)),
    options: fc.oneof(
      weighted<ScriptedOrder['options']>(8, 'none'),
      weighted<ScriptedOrder['options']>(1, 'single', 'vertical'),
    ),
    account: fc.constantFrom<AccountIndex | null>(null, null, 0, 1),
    key: fc.oneof(weighted<0 | 1>(4, 0), weighted<0 | 1>(1, 1)),
    isNamed: fc.boolean(),
  })
  .map(possible);

/** Of instruments other than US stocks. */
const PLAIN_FORMS: readonly OrderForm[] = ['market', 'near limit', 'resting limit', 'far limit', 'stop'];

/** Takes from an order what IBKR takes of no such order. */
function possible(order: ScriptedOrder): ScriptedOrder {
  const { form, symbol } = order;
  if (order.options === 'none' && INSTRUMENTS[symbol]?.isUsStock === false) {
    return {
      ...order,
      form: PLAIN_FORMS.includes(form) ? form : 'resting limit',
      tif: order.tif === 'GTC' ? 'GTC' : 'DAY',
      outsideRth: false,
      size: 'whole',
      // A conversion of currencies opens no position that could be left.
      exits: symbol === 'EUR.USD' ? 'none' : order.exits,
      oca: false,
    };
  }
  if (order.options !== 'none') {
    const plain = form === 'market' ? form : 'resting limit';
    return { ...order, form: plain, tif: 'DAY', outsideRth: false, size: 'whole', exits: 'none', oca: false };
  }
  const isLimit = form.endsWith('limit') && form !== 'stop limit' && form !== 'trail limit';
  const isPlain = form === 'market' || isLimit;
  const drawnSize = isPlain || order.size === 'large' ? order.size : 'whole';
  const isWhole = drawnSize === 'whole' || drawnSize === 'large';
  const isCash = drawnSize === 'cash' || drawnSize === 'large cash';
  const oca = order.oca && isWhole && form !== 'market' && !form.endsWith('close');
  // So that one of a pair can fill in part.
  const size = oca ? 'large' : drawnSize;
  const exits = oca || !isWhole || form.endsWith('close') ? 'none' : order.exits;
  const isSpecial = order.tif !== 'DAY' && order.tif !== 'GTC';
  const isOrdinary = form.endsWith('close') || form === 'midprice';
  const tif =
    isOrdinary || isCash || (isSpecial && (!isPlain || oca || exits !== 'none')) ? 'DAY' : order.tif;
  return { ...order, size, oca, exits, tif, outsideRth: order.outsideRth && isLimit && tif !== 'OPG' };
}

const script: fc.Arbitrary<OrderScript> = fc
  .record({
    approval: fc.constantFrom<OrderScript['approval']>('none', 'none', 'model', 'owner'),
    acceptedWarnings: fc.oneof(
      weighted(1, [], Object.keys(OFFERED_WARNINGS)),
      weighted(2, [...SANDBOX_WARNINGS]),
    ),
    limits,
    accounts: fc.constantFrom<1 | 2>(1, 1, 2),
    chosen: fc.constantFrom<AccountIndex | null>(0, 1, null),
    orders: fc.array(scriptedOrder, { minLength: 1, maxLength: 3 }),
    steps: fc.array(step, { minLength: 4, maxLength: 12 }),
    absent: absences,
  })
  .map(({ absent, ...drawn }) => {
    const only = <T>(one: T) => (drawn.accounts === 1 ? null : one);
    const orders = drawn.orders.map((order) =>
      possible({
        ...order,
        ...(absent.isOfChanges ? unseenTerms(order) : temptation(drawn.limits, order)),
        account: only(order.account),
      }),
    );
    const hasPair = orders.some(({ oca }) => oca);
    const steps = drawn.steps.map((each, position) => {
      const action = meaningful(drawn.approval, each);
      return without(absent, { ...each, action: hasPair ? fillOfPair(action) : action }, position);
    });
    return { ...drawn, orders, steps: afterEnds(drawn.approval, steps), chosen: only(drawn.chosen) };
  });

/** Who may not go short sells what there is, and of little; the prices of a collar are of all kinds. */
function temptation(
  { shortSelling, priceCollarPercent }: Limits,
  { symbol, size, exits }: ScriptedOrder,
): Partial<ScriptedOrder> {
  if (priceCollarPercent !== undefined && exits !== 'none') return { exits: 'both with limit' };
  if (shortSelling !== false) return {};
  const stock = symbol === 'AAPL' ? symbol : 'NVDA';
  return size === 'whole'
    ? { side: 'SELL', size: 'large', symbol: stock }
    : { side: 'SELL', size: 'large cash', symbol: stock, form: 'market' };
}

/** Of half of the orders, those that IBKR does not show again: how far an order trails, and until when it is open. */
function unseenTerms({ isNamed, side, key }: ScriptedOrder): Partial<ScriptedOrder> {
  const plain = { options: 'none', size: 'whole', oca: false, exits: 'none', symbol: 'AAPL' } as const;
  if (isNamed) return { ...plain, form: side === 'BUY' ? 'trail by amount' : 'trail by percent' };
  return key === 0 ? { ...plain, form: 'resting limit', tif: 'GTD' } : {};
}

export function scriptOfSeed(seed: number): OrderScript {
  const [drawn] = fc.sample(script, { seed, numRuns: 1 });
  if (drawn === undefined) throw new Error('Nothing was drawn.');
  return drawn;
}
