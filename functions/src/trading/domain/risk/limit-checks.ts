/** Limits against one order: pure, so that the same check serves previews, refusals and what a model is told remains. */

import { isOption } from '../../../broker/contracts/derivative.ts';
import { namesContract } from '../../../broker/contracts/symbols.ts';
import { LIMIT_NAMES } from '../../../contract/rules/limit-names.ts';
import type { Limits } from '../../../contract/rules/limits.ts';
import { GatewayError } from '../../../errors.ts';
import { amountOf, type Cents, centsOf, difference, larger, NO_CENTS, sumOf } from '../money.ts';
import type { DayTotals } from '../trading-state.ts';
import type { CollaredPrice } from './price-collar.ts';

/** What is known of an order when it is judged. Money is in the account's base currency. */
export interface RiskInputs {
  accountId: string;
  /** Of a currency pair, the pair. */
  symbol: string;
  /** What a symbol on the owner's list may say, too (`VOD.L`); of a combo, that of its first leg. */
  listing?: { exchange: string | null; currency: string };
  /** Of a combo: those of its legs. */
  assetClasses: readonly string[];
  /** How many orders come to be: the order and its exits; none by a change. */
  orders: number;
  /** Of a change: it leaves an order that trades no more and not sooner, whatever it is worth and whenever it is made. */
  isReduction: boolean;
  /** Of a change: the app did not place the order. Known where a limit asks about it. */
  isOfOthers?: boolean;
  /** What it sells: the instrument, or legs of a combo. */
  sales: readonly Sale[];
  /** Of what closes a position. */
  closes?: Closing;
  /** Intents whose sales `Sale.pending` already tells of. */
  salesSeen: readonly string[];
  /** `notionalOf` the order; null if no price is known or a combo may lose without limit. */
  notional: number | null;
  /** The same of the order that it changes, as it is until then; 0 for a new one. */
  notionalBefore: number | null;
  collaredPrices: readonly CollaredPrice[];
  quoteAgeSeconds: number | null;
  /** Trading is halted: its quote is from before, however new. */
  isHalted: boolean;
  /** Whether regular hours are on now and the order cannot fill outside them; null if not known. */
  withinRegularHours: boolean | null;
}

/** How much an order is to close, in shares or contracts, and how much may be closed. */
export interface Closing {
  conid: number;
  side: 'BUY' | 'SELL';
  quantity: number;
  /** Of the position that is there, 0 where it is the other way; null where IBKR tells of it in no form that is understood. */
  held: number | null;
  /** What other orders are to trade in the same direction. */
  pending: number;
}

/** Shares or contracts to be sold. */
export interface Sale {
  conid: number;
  assetClass: string;
  /** Null for an amount of money, when there is no price. */
  quantity: number | null;
  /** What the order that it changes is still to sell; 0 for a new one. */
  quantityBefore: number;
  /** Negative when short; null where IBKR tells of positions or orders in a form that is not understood. */
  held: number | null;
  /** What other orders are to sell of it; of an exit, less what its entry has yet to buy. */
  pending: number;
  /** What the order itself buys of it first: its exits sell that. */
  bought: number;
  /** What each of an option obliges to that is sold and not held; 0 for everything else. */
  obligation: number;
}

const UNKNOWN_VALUE =
  'an order whose value is not known: it has no price, may lose without limit, or the account no base currency';

function isNamed(written: string, { symbol, assetClasses: [secType = ''], listing }: RiskInputs): boolean {
  const { exchange = null, currency = '' } = listing ?? {};
  return written === symbol || namesContract(written, { symbol, secType, exchange, currency });
}

/**
 * @param lists The symbols of each set of limits that holds: all of them have to name the order's. No one list says that
 * of `VOD` and `VOD.L`: together they are London's Vodafone, but `VOD.L` may be a class of shares as well.
 * @throws {GatewayError} `limit_exceeded` naming the limit, its value and what was asked.
 */
export function checkLimits(limits: Limits, inputs: RiskInputs, lists = [limits.symbols]): void {
  const { symbols, assetClasses, maxOrderValue, priceCollarPercent, maxQuoteAgeSeconds } = limits;
  checkTradingAllowed(limits);
  if (limits.othersOrders === false && inputs.isOfOthers === true) {
    throwLimitExceeded('othersOrders', 'off', 'the change of an order that this app did not place');
  }
  const isListed = lists.every((list) => list?.some((written) => isNamed(written, inputs)) ?? true);
  if (!isListed) throwLimitExceeded('symbols', (symbols ?? []).join(', '), inputs.symbol);
  const otherClass = inputs.assetClasses.find((assetClass) => assetClasses?.includes(assetClass) === false);
  if (assetClasses !== undefined && otherClass !== undefined) {
    throwLimitExceeded('assetClasses', assetClasses.join(', '), otherClass);
  }
  for (const sale of inputs.sales) {
    const limit = isOption(sale.assetClass) ? 'optionsWriting' : 'shortSelling';
    // A change that sells no more than before takes nothing that was not being sold already.
    const allowed = Math.max(freeOf(sale), decimal(sale.quantityBefore));
    if (limits[limit] === false && (sale.quantity === null || decimal(sale.quantity) > allowed)) {
      throwLimitExceeded(limit, 'off', saleWords(sale));
    }
  }
  if (maxOrderValue !== undefined) {
    const value = orderValue(inputs);
    if (value === null && !inputs.isReduction)
      throwLimitExceeded('maxOrderValue', maxOrderValue, UNKNOWN_VALUE);
    // A change that is worth no more than the order is already leaves it at that.
    const before = valueBefore(inputs) ?? NO_CENTS;
    if (value !== null && amountOf(value) > maxOrderValue && value > before) {
      throwLimitExceeded('maxOrderValue', maxOrderValue, money(value));
    }
  }
  if (priceCollarPercent !== undefined) {
    for (const price of inputs.collaredPrices) checkCollar(priceCollarPercent, price);
  }
  if (inputs.isReduction) return;
  if (maxQuoteAgeSeconds !== undefined) {
    const age = inputs.quoteAgeSeconds;
    if (inputs.isHalted)
      throwLimitExceeded('maxQuoteAgeSeconds', maxQuoteAgeSeconds, 'a quote from before a halt');
    if (age === null)
      throwLimitExceeded('maxQuoteAgeSeconds', maxQuoteAgeSeconds, 'an order without a quote');
    else if (age > maxQuoteAgeSeconds)
      throwLimitExceeded('maxQuoteAgeSeconds', maxQuoteAgeSeconds, `a quote ${Math.round(age)} s old`);
  }
  if (limits.regularHoursOnly === true && inputs.withinRegularHours !== true) {
    throwLimitExceeded('regularHoursOnly', 'on', 'an order that may fill outside regular hours');
  }
}

/** What may be sold without going short. */
function freeOf({ held, bought, pending }: Sale): number {
  return held === null ? 0 : Math.max(0, decimal(held + bought - pending));
}

/** A quantity or percentage as it is written: the error of binary fractions lies beyond the eighth decimal. */
function decimal(number: number): number {
  return Number(number.toFixed(8));
}

function saleWords({ quantity, held, bought, pending }: Sale): string {
  const asked = quantity === null ? 'an amount, at a price that is not known,' : quantity;
  if (held === null) {
    return `selling ${asked} while a position or order, which IBKR tells of in a form that is not understood, may be of the same instrument`;
  }
  const others = pending > 0 ? `, of which other orders are to sell ${pending}` : '';
  const first = bought > 0 ? ` and buying ${bought}` : '';
  return `selling ${asked} while holding ${held}${first}${others}`;
}

function checkCollar(percent: number, { price, from }: CollaredPrice): void {
  if (from === null) throwLimitExceeded('priceCollarPercent', percent, 'a price, and there is no last price');
  else {
    const away = percentBetween(price, from);
    if (away > percent) {
      throwLimitExceeded('priceCollarPercent', percent, `${price}, ${away.toFixed(2)} % from ${from}`);
    }
  }
}

/** @throws {GatewayError} `limit_exceeded` when the owner has turned trading off. */
export function checkTradingAllowed({ trading }: Limits): void {
  if (trading === false) throwLimitExceeded('trading', 'off', 'an order');
}

/** The worth of an order, or what the options oblige to that it writes, if that is more. */
export function orderValue({ notional, sales }: Pick<RiskInputs, 'notional' | 'sales'>): Cents | null {
  return notional === null ? null : centsOf(Math.max(notional, obligations(sales, 'quantity')));
}

/** What an order adds to the value of the day; of a change, what it adds to the order as it was. */
export function addedValue(inputs: RiskInputs): Cents | null {
  const value = orderValue(inputs);
  const before = valueBefore(inputs);
  if (value === null && inputs.isReduction) return NO_CENTS;
  return value === null || before === null ? value : larger(NO_CENTS, difference(value, before));
}

function valueBefore({ notionalBefore, sales }: RiskInputs): Cents | null {
  return notionalBefore === null
    ? null
    : centsOf(Math.max(notionalBefore, obligations(sales, 'quantityBefore')));
}

function obligations(sales: readonly Sale[], of: 'quantity' | 'quantityBefore'): number {
  return sales.reduce((sum, sale) => sum + Math.max(0, (sale[of] ?? 0) - freeOf(sale)) * sale.obligation, 0);
}

/**
 * @param today What was sent today already, these orders not included.
 * @param asked How many orders IBKR gets, and what they add to the value of the day.
 * @throws {GatewayError} `limit_exceeded`.
 */
export function checkDailyLimits(
  limits: Limits,
  today: DayTotals,
  { orders, value }: { orders: number; value: Cents | null },
): void {
  const { maxDailyOrders, maxDailyValue } = limits;
  const number = today.orders + orders;
  if (maxDailyOrders !== undefined && orders > 0 && number > maxDailyOrders) {
    throwLimitExceeded('maxDailyOrders', maxDailyOrders, `order number ${number} of the day`);
  }
  // What adds nothing is taken on a day that is over its limit, too.
  if (maxDailyValue === undefined || value === 0) return;
  if (value === null) throwLimitExceeded('maxDailyValue', maxDailyValue, UNKNOWN_VALUE);
  else if (amountOf(sumOf([today.value, value])) > maxDailyValue) {
    throwLimitExceeded(
      'maxDailyValue',
      maxDailyValue,
      `${money(value)} more, after ${money(today.value)} today`,
    );
  }
}

/** In percent of `last`, which of a combo may be 0 or below. */
function percentBetween(price: number, last: number): number {
  return price === last ? 0 : decimal((100 * Math.abs(price - last)) / Math.abs(last));
}

function money(value: Cents): string {
  return amountOf(value).toFixed(2);
}

function throwLimitExceeded(limit: keyof Limits, value: string | number, asked: string): never {
  throw new GatewayError(
    'limit_exceeded',
    `The owner’s limit “${LIMIT_NAMES[limit]}” is ${value}; asked was ${asked}.`,
    'Nothing was sent. Only the owner can change the limit, in the console.',
    { details: { limit, value, asked } },
  );
}
