/** Limits against one order: pure, so that the same check serves previews, refusals and what a model is told remains. */
import { GatewayError } from '../errors.ts';
import type { Limits } from './trading-rules.ts';

/** What is known of an order when it is judged. Money is in the account's base currency. */
export interface OrderFacts {
  symbol: string;
  assetClass: string;
  side: 'BUY' | 'SELL';
  /** Shares or contracts, units of the multiplier not counted in. */
  quantity: number;
  /** What the order is worth at the price it is judged by; null if no price is known. */
  value: number | null;
  /** In the instrument's currency; null for orders without one. */
  limitPrice: number | null;
  lastPrice: number | null;
  quoteAgeSeconds: number | null;
  /** Of this instrument, negative when short. */
  heldQuantity: number;
  /** Whether regular hours are on now and the order cannot fill outside them; null if not known. */
  withinRegularHours: boolean | null;
}

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
  if (assetClasses !== undefined && !assetClasses.includes(facts.assetClass)) {
    refuse('assetClasses', assetClasses.join(', '), facts.assetClass);
  }
  const uncovered = facts.side === 'SELL' && facts.quantity > Math.max(0, facts.heldQuantity);
  if (uncovered && isOption(facts) && limits.optionsWriting === false) {
    refuse('optionsWriting', 'off', `selling ${facts.quantity} while holding ${facts.heldQuantity}`);
  }
  if (uncovered && !isOption(facts) && limits.shortSelling === false) {
    refuse('shortSelling', 'off', `selling ${facts.quantity} while holding ${facts.heldQuantity}`);
  }
  if (maxOrderValue !== undefined) {
    if (facts.value === null)
      refuse('maxOrderValue', maxOrderValue, 'an order of unknown value, since there is no price');
    else if (facts.value > maxOrderValue) refuse('maxOrderValue', maxOrderValue, money(facts.value));
  }
  if (priceCollarPercent !== undefined && facts.limitPrice !== null) {
    if (facts.lastPrice === null)
      refuse('priceCollarPercent', priceCollarPercent, 'a limit price, and there is no last price');
    else {
      const away = (100 * Math.abs(facts.limitPrice - facts.lastPrice)) / facts.lastPrice;
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

/**
 * @param today What was sent today already, this order not included.
 * @throws {GatewayError} `limit_exceeded`.
 */
export function checkDailyLimits(limits: Limits, today: DayTotals, value: number | null): void {
  const { maxDailyOrders, maxDailyValue } = limits;
  if (maxDailyOrders !== undefined && today.orders + 1 > maxDailyOrders) {
    refuse('maxDailyOrders', maxDailyOrders, `order number ${today.orders + 1} of the day`);
  }
  if (maxDailyValue === undefined) return;
  if (value === null)
    refuse('maxDailyValue', maxDailyValue, 'an order of unknown value, since there is no price');
  else if (today.value + value > maxDailyValue) {
    refuse('maxDailyValue', maxDailyValue, `${money(value)} more, after ${money(today.value)} today`);
  }
}

function isOption({ assetClass }: OrderFacts): boolean {
  return assetClass === 'OPT' || assetClass === 'FOP';
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
