/**
 * Futures: on the S&P 500 index, and on corn, whose price is in cents. Contracts whose conids are known have those;
 * the conid of any other encodes its expiry, so that there are always some to trade.
 */

import { dateOfDay, dayOfDate, localDay, localTime, weekday } from '../market/trading-hours.ts';
import type { Instrument } from './instruments.ts';

const FIRST_YEAR = 2020;
const LAST_YEAR = 2070;
const LISTED = 4;
const ZONE = 'America/Chicago';

interface FutureProduct {
  readonly symbol: string;
  readonly name: string;
  readonly exchange: string;
  /** IBKR's conid of what the future is on. */
  readonly underlying: number;
  readonly firstConid: number;
  readonly multiplier: number;
  readonly tick: number;
  readonly priceMagnifier?: number;
  /** Months of expiry, from 1. */
  readonly months: readonly number[];
  readonly expiryOf: (year: number, month: number) => string;
  /** Minutes after midnight in Chicago at which it stops trading on its last day. */
  readonly endMinute: number;
  readonly level: number;
  readonly volatility: number;
  readonly dailyVolume: number;
  readonly process: string;
  /** By expiry. */
  readonly knownConids: Readonly<Record<string, number>>;
}

const PRODUCTS: readonly FutureProduct[] = [
  {
    symbol: 'ES',
    name: 'E-mini S&P 500',
    exchange: 'CME',
    underlying: 11004968,
    firstConid: 690_000_000,
    multiplier: 50,
    tick: 0.25,
    months: [3, 6, 9, 12],
    expiryOf: thirdFriday,
    endMinute: 510,
    level: 6_680,
    volatility: 0.16,
    dailyVolume: 1_500_000,
    process: 'SPY',
    knownConids: { 20260618: 649180678, 20261218: 515416632 },
  },
  {
    symbol: 'ZC',
    name: 'Corn Futures',
    exchange: 'CBOT',
    underlying: 51089710,
    firstConid: 691_000_000,
    multiplier: 5_000,
    tick: 0.25,
    priceMagnifier: 100,
    months: [3, 5, 7, 9, 12],
    expiryOf: weekdayBeforeTheFifteenth,
    endMinute: 721,
    level: 4.3,
    volatility: 0.28,
    dailyVolume: 180_000,
    process: 'ZC',
    knownConids: {},
  },
];

export interface ListedFuture {
  readonly conid: number;
  readonly symbol: string;
  readonly underlyingConid: number;
  /** `YYYYMMDD` */
  readonly expiry: string;
}

/** That of June 2026 is a day early: its third Friday is a holiday. */
function thirdFriday(year: number, month: number): string {
  const first = firstDay(year, month);
  const day = dateOfDay(first + ((5 - weekday(first) + 7) % 7) + 14);
  return day === '20260619' ? '20260618' : day;
}

function weekdayBeforeTheFifteenth(year: number, month: number): string {
  let day = firstDay(year, month) + 13;
  while (weekday(day) === 0 || weekday(day) === 6) day--;
  return dateOfDay(day);
}

function firstDay(year: number, month: number): number {
  return dayOfDate(`${year}${String(month).padStart(2, '0')}01`);
}

/** Every contract of a product there ever is, the earliest first. */
function contractsOf({ symbol, underlying, months, expiryOf, ...product }: FutureProduct): ListedFuture[] {
  const contracts: ListedFuture[] = [];
  for (let year = FIRST_YEAR; year < LAST_YEAR; year++) {
    for (const month of months) {
      const expiry = expiryOf(year, month);
      const conid = product.knownConids[expiry] ?? product.firstConid + contracts.length;
      contracts.push({ conid, symbol, underlyingConid: underlying, expiry });
    }
  }
  return contracts;
}

const contracts = new Map(PRODUCTS.map((product) => [product, contractsOf(product)]));
const byConid = new Map(
  [...contracts].flatMap(([product, listed]) => listed.map((future) => [future.conid, { product, future }])),
);

/** The next four of each product, the nearest first. */
export function listedFutures(time: number): ListedFuture[] {
  const today = dateOfDay(localDay(ZONE, time));
  return [...contracts.values()].flatMap((listed) =>
    listed.filter(({ expiry }) => expiry >= today).slice(0, LISTED),
  );
}

/** Epoch ms at which the future stops trading. */
export function futureExpirationTime({ future, symbol }: Instrument): number | undefined {
  const product = PRODUCTS.find((each) => each.symbol === symbol);
  return future && product && localTime(ZONE, dayOfDate(future.expiry), product.endMinute);
}

/** The future a conid names. */
export function futureOfConid(conid: number): Instrument | undefined {
  const found = byConid.get(conid);
  if (!found) return undefined;
  const { product, future } = found;
  const { underlying, multiplier, tick, priceMagnifier } = product;
  return {
    conid,
    symbol: product.symbol,
    name: product.name,
    assetClass: 'FUT',
    currency: 'USD',
    exchange: product.exchange,
    isEtf: false,
    sector: '',
    industry: '',
    level: product.level,
    volatility: product.volatility,
    dailyVolume: product.dailyVolume,
    process: product.process,
    ...(priceMagnifier && { priceMagnifier }),
    future: { underlying, expiry: future.expiry, multiplier, tick },
  };
}
