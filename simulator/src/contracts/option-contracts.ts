/**
 * Options on the underlyings in `OPTION_UNDERLYINGS`. There are too many to list: the conid of an option
 * encodes its terms, so any contract that a chain can name exists.
 */

import { dateOfDay, dayOfDate, localDay, localTime, weekday } from '../market/trading-hours.ts';
import { type Instrument, SPX_INDEX } from './instruments.ts';

const FIRST_DAY = dayOfDate('20200101');
const DAYS = 10_000;
const STRIKES = 4_000;
const ZONE = 'America/New_York';
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

const WEEKLY_EXPIRATIONS = 6;
const MONTHLY_EXPIRATIONS = 12;

/** One range of conids: the options of a class, which is that of its underlying or another on the same. */
interface OptionClass {
  readonly underlying: number;
  /** Where it is not the underlying's symbol. */
  readonly tradingClass?: string;
  readonly firstConid: number;
  /** Strikes are counted in these steps. */
  readonly step: number;
  /** Third Fridays only, all Fridays but those, or all. */
  readonly expires: 'monthly' | 'weekly' | 'both';
}

/** Two share a range, whose conids they have in turns. */
const SHARED_BY = 2;
const CLASSES: readonly OptionClass[] = [
  { underlying: 265598, firstConid: 700_000_000, step: 0.5, expires: 'both' },
  { underlying: 756733, firstConid: 700_000_001, step: 0.5, expires: 'both' },
  { underlying: SPX_INDEX, firstConid: 1_000_000_000, step: 5, expires: 'monthly' },
  {
    underlying: SPX_INDEX,
    tradingClass: 'SPXW',
    firstConid: 1_000_000_001,
    step: 5,
    expires: 'both',
  },
];

/** Classes of options on the underlying. */
export function optionClasses(underlying: number): OptionClass[] {
  return CLASSES.filter((each) => each.underlying === underlying);
}

/** `AUG26` of `20260821`. */
export function optionMonth(expiry: string): string {
  return `${MONTHS[Number(expiry.slice(4, 6)) - 1]}${expiry.slice(2, 4)}`;
}

/** Whether options expire then that are listed for a year; others are listed for weeks. */
function isMonthly(expiry: string): boolean {
  const dayOfMonth = Number(expiry.slice(6));
  return dayOfMonth >= 15 && dayOfMonth <= 21;
}

/** Expirations (`YYYYMMDD`) listed at `time`: the next Fridays, then third Fridays for a year. */
export function listedExpirations(time: number): string[] {
  const today = localDay(ZONE, time);
  const expirations: string[] = [];
  let thirdFridays = 0;
  for (let day = today; thirdFridays < MONTHLY_EXPIRATIONS; day++) {
    if (weekday(day) !== 5) continue;
    const date = dateOfDay(day);
    if (isMonthly(date)) thirdFridays++;
    if (isMonthly(date) || day <= today + WEEKLY_EXPIRATIONS * 7) expirations.push(date);
  }
  return expirations;
}

/** The classes that expire then. */
export function classesExpiring(underlying: number, expiry: string): OptionClass[] {
  return optionClasses(underlying).filter(({ expires }) => expires !== 'monthly' || isMonthly(expiry));
}

/**
 * Strikes listed for an expiration while the underlying trades at `spot`, ascending: far from each other and over a
 * wide range where options are listed for a year, close to each other around the price where they are for weeks. So
 * neither has all that the other has.
 */
export function listedStrikes(spot: number, expiry: string): number[] {
  const isWide = isMonthly(expiry);
  const step = strikeStep(spot, isWide);
  const center = Math.round(spot / step);
  const width = Math.floor((spot * (isWide ? 0.4 : 0.1)) / step);
  return Array.from({ length: 2 * width + 1 }, (_, i) => (center - width + i) * step);
}

/** Distance of two strikes in USD. */
function strikeStep(spot: number, isWide: boolean): number {
  if (spot > 2_000) return isWide ? 25 : 10;
  if (spot > 400) return isWide ? 5 : 2;
  return isWide ? 2.5 : 1;
}

/** Epoch ms at which the option stops trading. */
export function expirationTime(expiry: string): number {
  return localTime(ZONE, dayOfDate(expiry), 960);
}

/** @param tradingClass Only where the underlying has several. */
export function optionConid(
  underlying: number,
  expiry: string,
  strike: number,
  right: 'C' | 'P',
  tradingClass?: string,
): number {
  const found = CLASSES.find((each) => each.underlying === underlying && each.tradingClass === tradingClass);
  if (!found) throw new Error(`no options on ${underlying}`);
  const day = dayOfDate(expiry) - FIRST_DAY;
  const series = (day * STRIKES + Math.round(strike / found.step)) * 2 + (right === 'P' ? 1 : 0);
  return found.firstConid + series * SHARED_BY;
}

/** The option a conid names, or undefined when it names none. */
export function optionOfConid(
  conid: number,
  underlyingOf: (conid: number) => Instrument | undefined,
): Instrument | undefined {
  const found = CLASSES.find(({ firstConid }) => {
    const code = conid - firstConid;
    return code >= 0 && code % SHARED_BY === 0 && code < DAYS * STRIKES * 2 * SHARED_BY;
  });
  const underlying = found && underlyingOf(found.underlying);
  if (!underlying) return undefined;
  const series = (conid - found.firstConid) / SHARED_BY;
  const strike = (Math.floor(series / 2) % STRIKES) * found.step;
  const day = FIRST_DAY + Math.floor(series / 2 / STRIKES);
  if (strike === 0 || weekday(day) !== 5) return undefined;
  const right = series % 2 === 1 ? 'P' : 'C';
  const expiry = dateOfDay(day);
  const { tradingClass } = found;
  return {
    ...underlying,
    conid,
    assetClass: 'OPT',
    dailyVolume: 2_000,
    option: {
      underlying: underlying.conid,
      right,
      strike,
      expiry,
      multiplier: 100,
      ...(tradingClass && { tradingClass }),
    },
  };
}

/** `JUN 18 '26 190 Call`, as in `/iserver/secdef/info`. */
export function describeOption(terms: NonNullable<Instrument['option']>): string {
  const month = MONTHS[Number(terms.expiry.slice(4, 6)) - 1];
  const right = terms.right === 'C' ? 'Call' : 'Put';
  return `${month} ${terms.expiry.slice(6)} '${terms.expiry.slice(2, 4)} ${terms.strike} ${right}`;
}
