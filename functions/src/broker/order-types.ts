/** The order types this service places, their prices, and how IBKR spells them. */

import { BrokerError, type PriceFault } from './errors.ts';

export const TIMES_IN_FORCE = ['DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'GTD'] as const;
/** How long an order stays open. */
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** The prices of a ticket, by what they mean. */
export interface OrderPrices {
  /** The worst price accepted; the cap of MIDPRICE. */
  limitPrice?: number | undefined;
  /** The price that starts the order: a stop, or the trigger of MIT and LIT. */
  stopPrice?: number | undefined;
  /** How far TRAIL and TRAIL_LIMIT follow, in money. */
  trailingAmount?: number | undefined;
  /** The same in percent, instead: 5 is 5 %. */
  trailingPercent?: number | undefined;
}

export type PriceName = keyof OrderPrices;
type WirePrices = { price?: number; auxPrice?: number; trailingAmt?: number };

interface TypeRule {
  /** `orderType` in IBKR's ticket. */
  wire: string;
  /** IBKR's words for it in order lists, upper case without separators. */
  words: readonly string[];
  requires: readonly PriceName[];
  /** Where each price goes: IBKR has two slots whose meaning changes with the type. */
  slots: Partial<Record<PriceName, keyof WirePrices>>;
  outsideRth?: boolean;
  /** How long it may stay open; as long as any that rests where this is left out. */
  tifs?: readonly TimeInForce[];
}

export const RESTING_TIFS: readonly TimeInForce[] = ['DAY', 'GTC', 'GTD'];
const IMMEDIATE_TIFS: readonly TimeInForce[] = [...RESTING_TIFS, 'IOC', 'OPG'];
const TODAY: readonly TimeInForce[] = ['DAY'];

const TRAILING = { trailingAmount: 'trailingAmt', trailingPercent: 'trailingAmt' } as const;

const RULES = {
  MKT: { wire: 'MKT', words: ['MARKET'], requires: [], slots: {}, tifs: IMMEDIATE_TIFS },
  LMT: {
    wire: 'LMT',
    words: ['LIMIT'],
    requires: ['limitPrice'],
    slots: { limitPrice: 'price' },
    outsideRth: true,
    tifs: [...IMMEDIATE_TIFS, 'FOK'],
  },
  STP: { wire: 'STP', words: ['STOP'], requires: ['stopPrice'], slots: { stopPrice: 'price' } },
  STP_LIMIT: {
    wire: 'STOP_LIMIT',
    words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],
    requires: ['limitPrice', 'stopPrice'],
    slots: { limitPrice: 'price', stopPrice: 'auxPrice' },
    outsideRth: true,
  },
  MIT: {
    wire: 'MIT',
    words: ['MARKETIFTOUCHED'],
    requires: ['stopPrice'],
    slots: { stopPrice: 'auxPrice' },
  },
  LIT: {
    wire: 'LIT',
    words: ['LIMITIFTOUCHED'],
    requires: ['limitPrice', 'stopPrice'],
    slots: { limitPrice: 'price', stopPrice: 'auxPrice' },
    outsideRth: true,
  },
  TRAIL: {
    wire: 'TRAIL',
    words: ['TRAILINGSTOP'],
    requires: [],
    slots: { stopPrice: 'price', ...TRAILING },
  },
  TRAIL_LIMIT: {
    wire: 'TRAILLMT',
    words: ['TRAILINGSTOPLIMIT', 'TRAILLIMIT'],
    requires: ['limitPrice', 'stopPrice'],
    slots: { limitPrice: 'price', stopPrice: 'auxPrice', ...TRAILING },
    outsideRth: true,
  },
  MIDPRICE: {
    wire: 'MIDPRICE',
    words: [],
    requires: [],
    slots: { limitPrice: 'price' },
    tifs: TODAY,
  },
  LOC: {
    wire: 'LOC',
    words: ['LIMITONCLOSE'],
    requires: ['limitPrice'],
    slots: { limitPrice: 'price' },
    tifs: TODAY,
  },
  MOC: { wire: 'MOC', words: ['MARKETONCLOSE'], requires: [], slots: {}, tifs: TODAY },
} as const satisfies Record<string, TypeRule>;

export type OrderType = keyof typeof RULES;
const ORDER_TYPE_RULES: Readonly<Record<OrderType, TypeRule>> = RULES;

export const ORDER_TYPES = Object.keys(RULES) as [OrderType, ...OrderType[]];

const PRICE_NAMES: readonly PriceName[] = ['limitPrice', 'stopPrice', 'trailingAmount', 'trailingPercent'];

/** A price that does not fit the type of its order, and how. */
interface PriceProblem {
  name: PriceName;
  fault: PriceFault;
}

/** What is wrong with the prices of a type. An amount and a percentage to follow by exclude each other. */
export function priceProblems(type: OrderType, prices: OrderPrices): PriceProblem[] {
  const { requires, slots } = ORDER_TYPE_RULES[type];
  const problems = PRICE_NAMES.flatMap((name): PriceProblem[] => {
    const price = prices[name];
    if (price === undefined) {
      return requires.includes(name) ? [{ name, fault: { is: 'price_missing', orderType: type } }] : [];
    }
    if (slots[name] === undefined) return [{ name, fault: { is: 'price_not_taken', orderType: type } }];
    return Number.isFinite(price) ? [] : [{ name, fault: { is: 'not_a_number' } }];
  });
  const follows = [prices.trailingAmount, prices.trailingPercent].filter((value) => value !== undefined);
  if (trails(type) && follows.length !== 1) {
    problems.push({ name: 'trailingAmount', fault: { is: 'amount_or_percent', orderType: type } });
  }
  return problems;
}

/** Whether an order of the type cannot be without that price. */
export function requiresPrice(type: OrderType, name: PriceName): boolean {
  return ORDER_TYPE_RULES[type].requires.includes(name);
}

/** Whether IBKR fills orders of a type outside regular hours, where the contract's own rules do not say. */
export function takesOutsideRth(type: OrderType): boolean {
  return ORDER_TYPE_RULES[type].outsideRth === true;
}

/** How long an order of the type may stay open. */
export function tifsOf(type: OrderType): readonly TimeInForce[] {
  return ORDER_TYPE_RULES[type].tifs ?? RESTING_TIFS;
}

/**
 * The prices of a ticket in IBKR's slots.
 * @throws {BrokerError} `invalid` for a missing, superfluous or impossible price.
 */
export function wirePrices(
  type: OrderType,
  prices: OrderPrices,
): WirePrices & { orderType: string; trailingType?: 'amt' | '%' } {
  const [wrong] = priceProblems(type, prices);
  if (wrong !== undefined) {
    throw new BrokerError({ name: 'price', price: wrong.name, fault: wrong.fault });
  }
  const { wire, slots } = ORDER_TYPE_RULES[type];
  const filled: WirePrices = {};
  for (const name of PRICE_NAMES) {
    const slot = slots[name];
    const price = prices[name];
    if (slot !== undefined && price !== undefined) filled[slot] = price;
  }
  return {
    orderType: wire,
    ...filled,
    ...(trails(type) && { trailingType: prices.trailingPercent === undefined ? 'amt' : '%' }),
  };
}

/** IBKR's word for a type (`Market`, `STOP_LIMIT`, `Stop Limit`) as ours, or the word itself in capitals. */
export function orderTypeOf(word: string): string {
  const bare = word.toUpperCase().replace(/[^A-Z]/g, '');
  for (const [type, { wire, words }] of Object.entries(ORDER_TYPE_RULES)) {
    if (bare === wire.replace('_', '') || words.includes(bare)) return type;
  }
  return word.toUpperCase();
}

function trails(type: OrderType): boolean {
  return ORDER_TYPE_RULES[type].slots.trailingPercent !== undefined;
}
