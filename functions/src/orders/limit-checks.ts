/** Limits against one order: pure, so that the same check serves previews, refusals and what a model is told remains. */
import { GatewayError } from '../errors.ts';
import type { Limits } from './trading-rules.ts';

/** What is known of an order when it is judged. Money is in the account's base currency. */
export interface OrderFacts {
  symbol: string;
  /** Of a combo: those of its legs. */
  assetClasses: readonly string[];
  /** What it sells: the instrument, or legs of a combo. */
  sales: readonly Sale[];
  /** `worthOf` the order; null if no price is known or a combo may lose without limit. */
  value: number | null;
  /** In the instrument's currency; null for orders without one. */
  limitPrice: number | null;
  lastPrice: number | null;
  quoteAgeSeconds: number | null;
  /** Whether regular hours are on now and the order cannot fill outside them; null if not known. */
  withinRegularHours: boolean | null;
}

/** Shares or contracts to be sold, and how many of them are held, negative when short. */
export interface Sale {
  assetClass: string;
  quantity: number;
  held: number;
}

const UNKNOWN_VALUE = 'an order without a price, or one that may lose without limit';

/** What a connection or app sent today. */
export interface DayTotals {
  orders: number;
  value: number;
}

/**
 * @throws {GatewayError} `limit_exceeded` naming the limit, its value and what was asked.
 */
export function checkLimits(limits: Limits, facts: OrderFacts): void {
  const { symbols, assetClasses, maxOrderValue, priceCollarPercent, maxQuoteAgeSeconds } = limits;
  checkTradingAllowed(limits);
  if (symbols !== undefined && !symbols.includes(facts.symbol))
    refuse('symbols', symbols.join(', '), facts.symbol);
  const otherClass = facts.assetClasses.find((assetClass) => assetClasses?.includes(assetClass) === false);
  if (assetClasses !== undefined && otherClass !== undefined) {
    refuse('assetClasses', assetClasses.join(', '), otherClass);
  }
  for (const { assetClass, quantity, held } of facts.sales) {
    const limit = isOption(assetClass) ? 'optionsWriting' : 'shortSelling';
    if (limits[limit] === false && quantity > Math.max(0, held)) {
      refuse(limit, 'off', `selling ${quantity} while holding ${held}`);
    }
  }
  if (maxOrderValue !== undefined) {
    if (facts.value === null) refuse('maxOrderValue', maxOrderValue, UNKNOWN_VALUE);
    else if (facts.value > maxOrderValue) refuse('maxOrderValue', maxOrderValue, money(facts.value));
  }
  if (priceCollarPercent !== undefined && facts.limitPrice !== null) {
    if (facts.lastPrice === null)
      refuse('priceCollarPercent', priceCollarPercent, 'a limit price, and there is no last price');
    else {
      const away = percentBetween(facts.limitPrice, facts.lastPrice);
      if (away > priceCollarPercent) {
        refuse(
          'priceCollarPercent',
          priceCollarPercent,
          `${facts.limitPrice}, ${away.toFixed(2)} % from ${facts.lastPrice}`,
        );
      }
    }
  }
  if (maxQuoteAgeSeconds !== undefined) {
    const age = facts.quoteAgeSeconds;
    if (age === null) refuse('maxQuoteAgeSeconds', maxQuoteAgeSeconds, 'an order without a quote');
    else if (age > maxQuoteAgeSeconds)
      refuse('maxQuoteAgeSeconds', maxQuoteAgeSeconds, `a quote ${Math.round(age)} s old`);
  }
  if (limits.regularHoursOnly === true && facts.withinRegularHours !== true) {
    refuse('regularHoursOnly', 'on', 'an order that may fill outside regular hours');
  }
}

/** @throws {GatewayError} `limit_exceeded` when the owner has turned trading off. */
export function checkTradingAllowed({ trading }: Limits): void {
  if (trading === false) refuse('trading', 'off', 'an order');
}

/** The value of an order, or of both orders of a pair, which may fill before one of them is cancelled. */
export function totalValue(facts: readonly OrderFacts[]): number | null {
  return facts.reduce<number | null>(
    (total, { value }) => (total === null || value === null ? null : total + value),
    0,
  );
}

/**
 * @param today What was sent today already, this order not included.
 * @param orders How many orders it counts as.
 * @throws {GatewayError} `limit_exceeded`.
 */
export function checkDailyLimits(limits: Limits, today: DayTotals, value: number | null, orders = 1): void {
  const { maxDailyOrders, maxDailyValue } = limits;
  const number = today.orders + orders;
  if (maxDailyOrders !== undefined && number > maxDailyOrders) {
    refuse('maxDailyOrders', maxDailyOrders, `order number ${number} of the day`);
  }
  if (maxDailyValue === undefined) return;
  if (value === null) refuse('maxDailyValue', maxDailyValue, UNKNOWN_VALUE);
  else if (today.value + value > maxDailyValue) {
    refuse('maxDailyValue', maxDailyValue, `${money(value)} more, after ${money(today.value)} today`);
  }
}

/** Options and options on futures, which are written rather than sold short. */
export function isOption(assetClass: string): boolean {
  return assetClass === 'OPT' || assetClass === 'FOP';
}

/** In percent of `last`, which of a combo may be 0 or below. */
function percentBetween(price: number, last: number): number {
  return price === last ? 0 : (100 * Math.abs(price - last)) / Math.abs(last);
}

function money(value: number): string {
  return value.toFixed(2);
}

function refuse(limit: keyof Limits, value: string | number, asked: string): never {
  throw new GatewayError(
    'limit_exceeded',
    `The owner's limit ${limit} is ${value}; asked was ${asked}.`,
    'Nothing was sent. Only the owner can change the limit, in the console.',
    { details: { limit, value, asked } },
  );
}
