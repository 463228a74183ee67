/**
 * Options on the underlyings in `OPTION_UNDERLYINGS`. There are too many to list: the conid of an option
 * encodes its terms, so any contract that a chain can name exists.
 */

import { type Instrument, OPTION_UNDERLYINGS } from './instruments.ts';
import { dateOfDay, dayOfDate, localDay, localTime, weekday } from './trading-hours.ts';

const FIRST_CONID = 700_000_000;
const FIRST_DAY = dayOfDate('20200101');
const DAYS = 10_000;
/** Strikes are counted in steps of half a dollar. */
const STRIKES = 4_000;
const ZONE = 'America/New_York';
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const WEEKLY_EXPIRATIONS = 6;
const MONTHLY_EXPIRATIONS = 12;

/** Distance of two strikes in USD. */
function strikeStep(spot: number): number {
  return spot > 400 ? 5 : 2.5;
}

/** `AUG26` of `20260821`. */
export function optionMonth(expiry: string): string {
  return `${MONTHS[Number(expiry.slice(4, 6)) - 1]}${expiry.slice(2, 4)}`;
}

/** Expirations (`YYYYMMDD`) listed at `time`: the next Fridays, then third Fridays for a year. */
export function listedExpirations(time: number): string[] {
  const today = localDay(ZONE, time);
  const expirations: string[] = [];
  let thirdFridays = 0;
  for (let day = today; thirdFridays < MONTHLY_EXPIRATIONS; day++) {
    if (weekday(day) !== 5) continue;
    const date = dateOfDay(day);
    const dayOfMonth = Number(date.slice(6));
    const isThird = dayOfMonth >= 15 && dayOfMonth <= 21;
    if (isThird) thirdFridays++;
    if (isThird || day <= today + WEEKLY_EXPIRATIONS * 7) expirations.push(date);
  }
  return expirations;
}

/** Strikes listed while the underlying trades at `spot`, ascending. */
export function listedStrikes(spot: number): number[] {
  const step = strikeStep(spot);
  const center = Math.round(spot / step);
  const width = Math.floor((spot * 0.4) / step);
  return Array.from({ length: 2 * width + 1 }, (_, i) => (center - width + i) * step);
}

/** Epoch ms at which the option stops trading. */
export function expirationTime(expiry: string): number {
  return localTime(ZONE, dayOfDate(expiry), 960);
}

export function optionConid(underlying: number, expiry: string, strike: number, right: 'C' | 'P'): number {
  const day = dayOfDate(expiry) - FIRST_DAY;
  const series = (day * STRIKES + Math.round(strike * 2)) * 2 + (right === 'P' ? 1 : 0);
  return FIRST_CONID + series * OPTION_UNDERLYINGS.length + OPTION_UNDERLYINGS.indexOf(underlying);
}

/** The option a conid names, or undefined when it names none. */
export function optionOfConid(
  conid: number,
  underlyingOf: (conid: number) => Instrument | undefined,
): Instrument | undefined {
  const code = conid - FIRST_CONID;
  if (!Number.isInteger(code) || code < 0 || code >= DAYS * STRIKES * 2 * OPTION_UNDERLYINGS.length)
    return undefined;
  const underlying = underlyingOf(OPTION_UNDERLYINGS[code % OPTION_UNDERLYINGS.length] ?? 0);
  const series = Math.floor(code / OPTION_UNDERLYINGS.length);
  const strike = (Math.floor(series / 2) % STRIKES) / 2;
  const day = FIRST_DAY + Math.floor(series / 2 / STRIKES);
  if (!underlying || strike === 0 || weekday(day) !== 5) return undefined;
  const right = series % 2 === 1 ? 'P' : 'C';
  const expiry = dateOfDay(day);
  return {
    ...underlying,
    conid,
    assetClass: 'OPT',
    dailyVolume: 2_000,
    option: { underlying: underlying.conid, right, strike, expiry, multiplier: 100 },
  };
}

/** `JUN 18 '26 190 Call`, as in `/iserver/secdef/info`. */
export function describeOption(terms: NonNullable<Instrument['option']>): string {
  const month = MONTHS[Number(terms.expiry.slice(4, 6)) - 1];
  const right = terms.right === 'C' ? 'Call' : 'Put';
  return `${month} ${terms.expiry.slice(6)} '${terms.expiry.slice(2, 4)} ${terms.strike} ${right}`;
}
