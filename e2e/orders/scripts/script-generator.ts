/** Draws order scripts: the same for the same seed. */
import fc from 'fast-check';
import {
  OFFERED_WARNINGS,
  SANDBOX_WARNINGS,
} from '../../../functions/src/trading/domain/accepted-warnings.ts';
import type { Fault } from '../floor/fault.ts';
import { INSTRUMENTS } from './instruments.ts';
import {
  type AccountIndex,
  type Action,
  CALLS,
  type Limits,
  ORDER_FORMS,
  type OrderForm,
  type OrderScript,
  PLANS,
  type ScriptedOrder,
  type Step,
} from './order-script.ts';
import {
  arrivingLate,
  askedAgain,
  askedAtOnce,
  closedAtOnce,
  confirmedByModel,
  endedMidway,
  exitsBeyondCollar,
  heldForAWhile,
  moreThanADay,
  ofTwoLegs,
  pricedInPence,
  repriced,
  retimed,
  secondOfPair,
  soldForMoney,
  soldTwice,
  THEMES,
} from './script-themes.ts';

/** Of so many scripts one is of each of these kinds, which chance makes too seldom; a late order takes a minute. */
const ROUND = 32;
const KINDS = [
  ...[arrivingLate, askedAgain, heldForAWhile, confirmedByModel, moreThanADay],
  ...[soldTwice, soldForMoney, pricedInPence, askedAtOnce, closedAtOnce],
  ...[repriced, retimed, ofTwoLegs, endedMidway, exitsBeyondCollar, secondOfPair],
];

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
    weight: 1,
    arbitrary: fc
      .constantFrom(300, 3_000, 7_500, 9_000, 10_500, 20_000, 45_000)
      .map((delayMs) => ({ kind: 'delay', delayMs })),
  },
);

/** An order that arrives when nobody waits for its answer any more. */
const lateOrder: fc.Arbitrary<Fault> = fc
  .constantFrom(9_000, 12_000, 20_000)
  .map((delayMs) => ({ match: ORDERS, times: 1, kind: 'delay', delayMs }));

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(place, harm, fc.integer({ min: 1, max: 2 }))
      .map(([match, harmed, times]) => ({ match, times, ...harmed })),
  },
  { weight: 1, arbitrary: lateOrder },
);

const weighted = <T>(weight: number, ...values: T[]) => ({ weight, arbitrary: fc.constantFrom(...values) });

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof(
    weighted<Action>(24, 'place', 'confirm', 'approve'),
    weighted<Action>(12, 'modify'),
    weighted<Action>(6, 'close'),
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

/** As a rule a yes is to what the step before asked for. */
function withYes(approval: OrderScript['approval'], steps: readonly Step[]): Step[] {
  return steps.map((step, position) => {
    const { order } = steps[position - 1] ?? step;
    const isYes = approval !== 'none' && step.action === yesOf(approval) && step.instance % 4 !== 0;
    return isYes ? { ...step, order } : step;
  });
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
});
type Absences = typeof absences extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Every script begins with so many steps that end nothing. */
const STEPS_BEFORE_ENDS = 3;
const ENDS: readonly Action[] = ['revoke', 'stop', 'trading off'];
const MOVES: readonly Action[] = ['price move', 'partial fill', 'halt'];

function without({ isCalm, isStill, isEndless }: Absences, step: Step, position: number): Step {
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
    { maxDailyOrders: 2 },
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
      weighted<ScriptedOrder['tif']>(2, 'IOC', 'FOK', 'OPG', 'GTD', 'GTD'),
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
    oca: fc.oneof(weighted(6, false), weighted(1, true)),
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
    isOrdinary ||
    isCash ||
    (order.tif === 'FOK' && !isLimit) ||
    (isSpecial && (!isPlain || oca || exits !== 'none'))
      ? 'DAY'
      : order.tif;
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
    theme: fc.oneof(weighted(3, null), weighted(1, ...(Object.keys(THEMES) as (keyof typeof THEMES)[]))),
  })
  .map(({ absent, theme, ...drawn }) => {
    const only = <T>(one: T) => (drawn.accounts === 1 ? null : one);
    const orders = drawn.orders.map((order) =>
      possible({ ...order, ...temptation(drawn.limits, order), account: only(order.account) }),
    );
    const steps = drawn.steps.map((each, position) =>
      without(absent, { ...each, action: meaningful(drawn.approval, each) }, position),
    );
    const script = {
      ...drawn,
      orders,
      steps: withYes(drawn.approval, afterEnds(drawn.approval, steps)),
      chosen: only(drawn.chosen),
    };
    return theme === null ? script : THEMES[theme](script);
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

export function scriptOfSeed(seed: number): OrderScript {
  const [drawn] = fc.sample(script, { seed, numRuns: 1 });
  if (drawn === undefined) throw new Error('Nothing was drawn.');
  return KINDS[seed % ROUND]?.(drawn) ?? drawn;
}
