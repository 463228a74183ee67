/** The order types this service places, their prices, and how IBKR spells them. */

import { GatewayError } from '../errors.ts';

export type OrderType =
  | 'MKT'
  | 'LMT'
  | 'STP'
  | 'STP_LIMIT'
  | 'MIT'
  | 'LIT'
  | 'TRAIL'
  | 'TRAIL_LIMIT'
  | 'MIDPRICE'
  | 'MOC'
  | 'LOC'
  | 'REL';

/** The prices of a ticket, by what they mean. */
export interface OrderPrices {
  /** The worst price accepted; the cap of MIDPRICE and REL. */
  limitPrice?: number | undefined;
  /** The price that starts the order: a stop, or the trigger of MIT and LIT. */
  stopPrice?: number | undefined;
  /** How far TRAIL and TRAIL_LIMIT follow; the offset of REL. */
  trailingAmount?: number | undefined;
  trailingType?: 'amount' | 'percent' | undefined;
}

type PriceName = 'limitPrice' | 'stopPrice' | 'trailingAmount';
type WirePrices = { price?: number; auxPrice?: number; trailingAmt?: number };

interface TypeRule {
  /** `orderType` in IBKR's ticket. */
  wire: string;
  /** IBKR's words for it in order lists, upper case without separators. */
  words: readonly string[];
  requires: readonly PriceName[];
  allows?: readonly PriceName[];
  /** Where each price goes: IBKR has two slots whose meaning changes with the type. */
  slots: Partial<Record<PriceName, keyof WirePrices>>;
}

const ORDER_TYPES: Readonly<Record<OrderType, TypeRule>> = {
  MKT: { wire: 'MKT', words: ['MARKET'], requires: [], slots: {} },
  LMT: { wire: 'LMT', words: ['LIMIT'], requires: ['limitPrice'], slots: { limitPrice: 'price' } },
  STP: { wire: 'STP', words: ['STOP'], requires: ['stopPrice'], slots: { stopPrice: 'price' } },
  STP_LIMIT: {
    wire: 'STOP_LIMIT',
    words: ['STOPLIMIT', 'STPLMT', 'STPLIMIT'],
    requires: ['limitPrice', 'stopPrice'],
    slots: { limitPrice: 'price', stopPrice: 'auxPrice' },
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
  },
  TRAIL: {
    wire: 'TRAIL',
    words: ['TRAILINGSTOP'],
    requires: ['trailingAmount'],
    allows: ['stopPrice'],
    slots: { stopPrice: 'price', trailingAmount: 'trailingAmt' },
  },
  TRAIL_LIMIT: {
    wire: 'TRAILLMT',
    words: ['TRAILINGSTOPLIMIT', 'TRAILLIMIT'],
    requires: ['limitPrice', 'stopPrice', 'trailingAmount'],
    slots: { limitPrice: 'price', stopPrice: 'auxPrice', trailingAmount: 'trailingAmt' },
  },
  MIDPRICE: {
    wire: 'MIDPRICE',
    words: [],
    requires: [],
    allows: ['limitPrice'],
    slots: { limitPrice: 'price' },
  },
  MOC: { wire: 'MOC', words: ['MARKETONCLOSE'], requires: [], slots: {} },
  LOC: { wire: 'LOC', words: ['LIMITONCLOSE'], requires: ['limitPrice'], slots: { limitPrice: 'price' } },
  REL: {
    wire: 'REL',
    words: ['RELATIVE'],
    requires: ['trailingAmount'],
    allows: ['limitPrice'],
    slots: { limitPrice: 'price', trailingAmount: 'auxPrice' },
  },
};

const PRICE_NAMES: readonly PriceName[] = ['limitPrice', 'stopPrice', 'trailingAmount'];

/**
 * The prices of a ticket in IBKR's slots.
 * @throws {GatewayError} `invalid_arguments` for a missing, superfluous or impossible price.
 */
export function wirePrices(
  type: OrderType,
  prices: OrderPrices,
): WirePrices & { orderType: string; trailingType?: 'amt' | '%' } {
  const rule = ORDER_TYPES[type];
  const slots: WirePrices = {};
  for (const name of PRICE_NAMES) {
    const price = prices[name];
    const slot = rule.slots[name];
    if (price === undefined) {
      if (rule.requires.includes(name)) throw wrongPrice(name, `${type} orders need one.`);
    } else if (slot === undefined) {
      throw wrongPrice(name, `${type} orders take none.`);
    } else if (!Number.isFinite(price)) {
      throw wrongPrice(name, 'It has to be a number.');
    } else {
      slots[slot] = price;
    }
  }
  const trails = rule.slots.trailingAmount === 'trailingAmt';
  return {
    orderType: rule.wire,
    ...slots,
    ...(trails && { trailingType: prices.trailingType === 'percent' ? '%' : 'amt' }),
  };
}

/** IBKR's word for a type (`Market`, `STOP_LIMIT`, `Stop Limit`) as ours, or the word itself in capitals. */
export function orderTypeOf(word: string): string {
  const bare = word.toUpperCase().replace(/[^A-Z]/g, '');
  for (const [type, { wire, words }] of Object.entries(ORDER_TYPES)) {
    if (bare === wire.replace('_', '') || words.includes(bare)) return type;
  }
  return word.toUpperCase();
}

function wrongPrice(field: PriceName, rule: string): GatewayError {
  return new GatewayError(
    'invalid_arguments',
    `${field} does not fit the order type. ${rule}`,
    `Correct ${field}.`,
  );
}
