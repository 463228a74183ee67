/** What a model, its owner and others may do in a row, and what may go wrong meanwhile. */
import type { Fault } from '../floor/fault.ts';

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
  tif: 'DAY' | 'GTC' | 'IOC' | 'FOK' | 'OPG' | 'GTD';
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
export const CALLS = [
  ...[
    'place',
    'place without id',
    'place another',
    'confirm',
    'modify',
    'cancel',
    'cancel by intent',
    'cancel all',
    'close',
  ],
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
