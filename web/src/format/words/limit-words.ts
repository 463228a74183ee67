/** Every limit in words that a trader understands. */

import {
  MOST_COLLAR_PERCENT,
  MOST_DAILY_ORDERS,
  MOST_MONEY,
  MOST_QUOTE_AGE_SECONDS,
} from '@ibkr-gateway/functions/contract/rules/bounds';
import { LIMIT_NAMES } from '@ibkr-gateway/functions/contract/rules/limit-names';
import type { Limits } from '@ibkr-gateway/functions/contract/rules/limits';
import { number, withUnit } from '../numbers.ts';
import { ASSET_CLASS_WORDS } from './asset-class-words.ts';

interface LimitWords {
  label: string;
  /** What it does and in which unit. */
  help: string;
  /** The limit as it is set, for a list of changes; amounts of money name `currency`, or say that it is not known here. */
  value: (limits: Limits, currency?: string) => string;
}

const amount = (value: number | undefined) => (value === undefined ? 'no limit' : number(value));
const sum = (value: number | undefined, currency: string | undefined) =>
  value === undefined ? 'no limit' : withUnit(number(value), currency ?? 'in the base currency');
const list = (values: string[] | undefined) => (values === undefined ? 'all' : values.join(', ') || 'none');

/** Those that are set to some value. */
type LimitOf<Value> = {
  [Name in keyof Limits]-?: Exclude<Limits[Name], undefined> extends Value ? Name : never;
}[keyof Limits];

export type AmountName = LimitOf<number>;
/** Trading has buttons of its own, and a choice has more than two. */
export type SwitchName = Exclude<LimitOf<boolean>, 'trading' | 'othersOrders'>;

interface AmountBounds {
  /** The least that there is to type. */
  min: number;
  /** The most. */
  max: number;
  isWhole: boolean;
  /** Under which heading of forms it is. */
  of: 'size' | 'safeguards';
  /** Left out for a number of things. */
  unit?: 'money' | '%' | 's';
}

/** What may be typed of each amount. */
export const AMOUNTS: Readonly<Record<AmountName, AmountBounds>> = {
  maxOrderValue: { min: 0.01, max: MOST_MONEY, isWhole: false, of: 'size', unit: 'money' },
  maxDailyValue: { min: 0.01, max: MOST_MONEY, isWhole: false, of: 'size', unit: 'money' },
  maxDailyOrders: { min: 0, max: MOST_DAILY_ORDERS, isWhole: true, of: 'size' },
  priceCollarPercent: { min: 0.01, max: MOST_COLLAR_PERCENT, isWhole: false, of: 'safeguards', unit: '%' },
  maxQuoteAgeSeconds: { min: 1, max: MOST_QUOTE_AGE_SECONDS, isWhole: false, of: 'safeguards', unit: 's' },
};

/** What a switch sets that is on. */
export const SWITCHES: Readonly<Record<SwitchName, boolean>> = {
  shortSelling: false,
  optionsWriting: false,
  regularHoursOnly: true,
};

/** In the order in which forms show them. */
export const LIMIT_WORDS: Record<keyof Limits, LimitWords> = {
  trading: {
    label: LIMIT_NAMES.trading,
    help: 'Off refuses every order, whatever the other limits allow.',
    value: ({ trading }) => (trading === false ? 'off' : 'on'),
  },
  maxOrderValue: {
    label: LIMIT_NAMES.maxOrderValue,
    help: 'What one order may be worth, in the base currency of the account.',
    value: ({ maxOrderValue }, currency) => sum(maxOrderValue, currency),
  },
  maxDailyValue: {
    label: LIMIT_NAMES.maxDailyValue,
    help: 'What all orders of a day in New York may be worth together, bought or sold, in the base currency.',
    value: ({ maxDailyValue }, currency) => sum(maxDailyValue, currency),
  },
  maxDailyOrders: {
    label: LIMIT_NAMES.maxDailyOrders,
    help: 'How many orders may be sent in a day in New York, exits included, changes not. 0 refuses all.',
    value: ({ maxDailyOrders }) => amount(maxDailyOrders),
  },
  symbols: {
    label: LIMIT_NAMES.symbols,
    help: 'Tickers that may be traded, such as NVDA. Enter after each. Empty allows all.',
    value: ({ symbols }) => list(symbols),
  },
  assetClasses: {
    label: LIMIT_NAMES.assetClasses,
    help: 'What may be traded. Nothing ticked allows everything.',
    value: ({ assetClasses }) => list(assetClasses?.map((code) => ASSET_CLASS_WORDS[code] ?? code)),
  },
  shortSelling: {
    label: 'Refuse short sales',
    help: 'Refuses to sell more shares than are held and not being sold already.',
    value: ({ shortSelling }) => (shortSelling === false ? 'on' : 'off'),
  },
  optionsWriting: {
    label: 'Refuse to write options',
    help: 'Refuses to sell options that are not held: what they can lose is not bounded by their price.',
    value: ({ optionsWriting }) => (optionsWriting === false ? 'on' : 'off'),
  },
  priceCollarPercent: {
    label: LIMIT_NAMES.priceCollarPercent,
    help: 'How far a limit, or a stop that would trigger at once, may be from the last price, in percent: catches a slipped decimal point. A limit behind a stop is measured from the stop.',
    value: ({ priceCollarPercent }) =>
      priceCollarPercent === undefined ? 'no limit' : withUnit(number(priceCollarPercent), '%'),
  },
  maxQuoteAgeSeconds: {
    label: LIMIT_NAMES.maxQuoteAgeSeconds,
    help: 'How old the price may be that an order is judged by, in seconds. Delayed data is 900 seconds old.',
    value: ({ maxQuoteAgeSeconds }) =>
      maxQuoteAgeSeconds === undefined ? 'no limit' : withUnit(number(maxQuoteAgeSeconds), 's'),
  },
  regularHoursOnly: {
    label: LIMIT_NAMES.regularHoursOnly,
    help: 'Refuses orders outside the regular hours of the exchange, and orders that may fill there.',
    value: ({ regularHoursOnly }) => (regularHoursOnly ? 'on' : 'off'),
  },
  othersOrders: {
    label: LIMIT_NAMES.othersOrders,
    help: 'Your own from TWS and those of other apps, protective stops among them. Usually they may be cancelled, but not by an app whose every order waits for you.',
    value: ({ othersOrders }) =>
      othersOrders === undefined
        ? 'the usual rule'
        : othersOrders
          ? 'may be cancelled and changed'
          : 'out of reach',
  },
};

/** The limits that are set: `Most per order: 5,000 USD`. */
export function setLimitWords(limits: Limits, currency?: string): string[] {
  return Object.values(LIMIT_WORDS).flatMap(({ label, value }) =>
    value(limits) === value({}) ? [] : [`${label}: ${value(limits, currency)}`],
  );
}

/** What differs between two sets of limits: `Most per order: 5,000 USD instead of no limit`. */
export function limitChanges(before: Limits, after: Limits, currency?: string): string[] {
  return Object.values(LIMIT_WORDS).flatMap(({ label, value }) => {
    const [from, to] = [value(before, currency), value(after, currency)];
    return from === to ? [] : [`${label}: ${to} instead of ${from}`];
  });
}
