/** What a model may ask for in a row, and what may go wrong meanwhile: drawn at random, the same for the same seed. */
import fc from 'fast-check';
import { OFFERED_WARNINGS, SANDBOX_WARNINGS } from '../../functions/src/orders/accepted-warnings.ts';
import type { Fault } from './trading-floor.ts';

export interface OrderScript {
  approval: 'none' | 'model';
  acceptedWarnings: string[];
  orders: ScriptedOrder[];
  steps: Step[];
}

/**
 * An order that a script places, perhaps more than once. The last digit of its quantity tells it from the others of the
 * script, also after changes.
 */
export interface ScriptedOrder {
  symbol: string;
  side: 'BUY' | 'SELL';
  form: 'market' | 'near limit' | 'resting limit' | 'far limit' | 'stop';
  /** Whether it is placed with a client order id. */
  isNamed: boolean;
}

export interface Step {
  action: (typeof ACTIONS)[number];
  /** Which order, counted round. */
  order: number;
  /** Which instance, counted round. */
  instance: number;
  /** Of a change: how far the new limit price is from the market, in percent; null: only the quantity changes. */
  reprice: number | null;
  /** What goes wrong from this step on. */
  faults: Fault[];
  /** Whether the next step begins before this one has its answer. */
  isHasty: boolean;
  pauseMs: number;
}

const ACTIONS = [
  'place',
  'place without id',
  'place another',
  'confirm',
  'modify',
  'cancel',
  'status',
  'status by intent',
] as const;

export const SYMBOLS = ['AAPL', 'MSFT', 'SPY', 'NVDA'];

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

const harm = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'reset_after_accept' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: 'reset' }, { kind: 'malformed' }, { kind: 'session_lost' }),
  },
  { weight: 2, arbitrary: fc.constantFrom(500, 503).map((status) => ({ kind: 'status', status })) },
  // The client gives up after 8 s; IBKR itself after about ten, unless something on the way holds the request up.
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(300, 3_000, 7_500, 9_000, 10_500, 20_000, 45_000)
      .map((delayMs) => ({ kind: 'delay', delayMs })),
  },
);

const fault: fc.Arbitrary<Fault> = fc
  .tuple(place, harm, fc.integer({ min: 1, max: 2 }))
  .map(([match, harmed, times]) => ({ match, times, ...harmed }));

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Step['action']>('place', 'confirm') },
    { weight: 2, arbitrary: fc.constant<Step['action']>('modify') },
    { weight: 4, arbitrary: fc.constantFrom(...ACTIONS) },
  ),
  order: fc.nat(5),
  instance: fc.nat(100),
  // Beyond 3 % IBKR asks about the price.
  reprice: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 2 }),
  faults: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Fault[]>([]) },
    { weight: 2, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
  ),
  isHasty: fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  pauseMs: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.nat(3_000) },
    // As long as a person takes to read a question.
    { weight: 1, arbitrary: fc.constant(16_000) },
  ),
});

const script: fc.Arbitrary<OrderScript> = fc.record({
  approval: fc.constantFrom('none', 'model'),
  acceptedWarnings: fc.constantFrom([], Object.keys(OFFERED_WARNINGS), [...SANDBOX_WARNINGS]),
  orders: fc.array(
    fc.record({
      symbol: fc.constantFrom(...SYMBOLS),
      side: fc.constantFrom('BUY', 'SELL'),
      form: fc.constantFrom('market', 'near limit', 'resting limit', 'resting limit', 'far limit', 'stop'),
      isNamed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(step, { minLength: 4, maxLength: 10 }),
});

export function scriptOfSeed(seed: number): OrderScript {
  const [drawn] = fc.sample(script, { seed, numRuns: 1 });
  if (drawn === undefined) throw new Error('Nothing was drawn.');
  return drawn;
}
