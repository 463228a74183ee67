/**
 * Futures on the S&P 500 index. The two contracts whose conids are known have those; the conid of any other encodes
 * its expiry, so that there are always some to trade.
 */

import type { Instrument } from './instruments.ts';
import { dateOfDay, dayOfDate, localDay, localTime, weekday } from './trading-hours.ts';

/** IBKR's conid of the S&P 500 index. */
const INDEX = 11004968;
const FIRST_CONID = 690_000_000;
const FIRST_YEAR = 2020;
const LISTED = 4;
const ZONE = 'America/Chicago';
/** By expiry. That of June 2026 is a day early: its third Friday is a holiday. */
const KNOWN_CONIDS: Readonly<Record<string, number>> = { 20260618: 649180678, 20261218: 515416632 };

export interface ListedFuture {
  readonly conid: number;
  readonly symbol: string;
  readonly underlyingConid: number;
  /** `YYYYMMDD` */
  readonly expiry: string;
}

/** The third Friday of the last month of a quarter counted from the first of 2020. */
function expiryOf(quarter: number): string {
  const year = FIRST_YEAR + Math.floor(quarter / 4);
  const month = (quarter % 4) * 3 + 3;
  const first = dayOfDate(`${year}${String(month).padStart(2, '0')}01`);
  const thirdFriday = dateOfDay(first + ((5 - weekday(first) + 7) % 7) + 14);
  return thirdFriday === '20260619' ? '20260618' : thirdFriday;
}

function futureOf(quarter: number): ListedFuture {
  const expiry = expiryOf(quarter);
  const conid = KNOWN_CONIDS[expiry] ?? FIRST_CONID + quarter;
  return { conid, symbol: 'ES', underlyingConid: INDEX, expiry };
}

/** The next four, the nearest first. */
export function listedFutures(time: number): ListedFuture[] {
  const today = dateOfDay(localDay(ZONE, time));
  const quarters = Array.from(
    { length: LISTED + 4 },
    (_, i) => (Number(today.slice(0, 4)) - FIRST_YEAR) * 4 + i,
  );
  return quarters
    .map(futureOf)
    .filter(({ expiry }) => expiry >= today)
    .slice(0, LISTED);
}

/** Epoch ms at which the future stops trading: half past nine in New York. */
export function futureExpirationTime(expiry: string): number {
  return localTime(ZONE, dayOfDate(expiry), 510);
}

const QUARTERS = 200;
const byConid = new Map(
  Array.from({ length: QUARTERS }, (_, quarter) => futureOf(quarter)).map((future) => [future.conid, future]),
);

/** The future a conid names; its price follows that of the fund on the index. */
export function futureOfConid(conid: number, fund: Instrument | undefined): Instrument | undefined {
  const future = byConid.get(conid);
  if (!future || !fund) return undefined;
  return {
    ...fund,
    conid,
    symbol: future.symbol,
    name: 'E-mini S&P 500',
    assetClass: 'FUT',
    exchange: 'CME',
    isEtf: false,
    level: fund.level * 10,
    dailyVolume: 1_500_000,
    future: { underlying: INDEX, expiry: future.expiry, multiplier: 50, tick: 0.25 },
  };
}
