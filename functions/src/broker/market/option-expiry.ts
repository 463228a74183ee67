/** When the trading of an option ends. */

import { getTradingSchedule } from '../contracts/trading-schedule.ts';
import type { IbkrClient } from '../session/client.ts';
import type { ListedOption } from './option-series.ts';

/** Where options in a currency are traded; those in US dollars where it is not known. */
const ZONES: Readonly<Record<string, string>> = {
  ...{ GBP: 'Europe/London', EUR: 'Europe/Berlin', CHF: 'Europe/Zurich', SEK: 'Europe/Stockholm' },
  ...{ JPY: 'Asia/Tokyo', HKD: 'Asia/Hong_Kong', KRW: 'Asia/Seoul', INR: 'Asia/Kolkata' },
  ...{ AUD: 'Australia/Sydney', SGD: 'Asia/Singapore' },
};
const US_ZONE = 'America/New_York';
/** Of options on funds and indices in the United States, the latest to close. */
const LATEST_CLOSE = '16:15';

const FRIDAY = 5;
const DAY_MS = 86_400_000;

/**
 * Whether a month's options end on that ISO date as a rule: its third Friday, or the Thursday before where that is a
 * holiday (Cboe, product specifications). The others of the month are weeklies and the like.
 */
export function isStandardExpiry(date: string, _index: number, expiries: readonly string[]): boolean {
  if (isThirdFriday(date)) return true;
  const next = new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
  return isThirdFriday(next) && !expiries.includes(next);
}

function isThirdFriday(date: string): boolean {
  const day = Number(date.slice(8));
  return new Date(date).getUTCDay() === FRIDAY && day >= 15 && day <= 21;
}

/**
 * Whether an option trades no more: its date is over where it is traded, or it is that day and the regular session
 * has ended.
 */
export async function hasStoppedTrading(
  client: IbkrClient,
  option: ListedOption,
  now: Date,
): Promise<boolean> {
  const { date, time } = localTime(now, ZONES[option.currency ?? 'USD'] ?? US_ZONE);
  if (option.expiry !== date) return option.expiry < date;
  // Without a schedule the usual hours have to do.
  const schedule = await getTradingSchedule(client, { conid: option.conid }).catch(() => null);
  const close = schedule?.days.find((day) => day.date === date)?.regular.at(-1)?.close;
  return close === undefined ? time >= LATEST_CLOSE : now.getTime() >= Date.parse(close);
}

function localTime(now: Date, timeZone: string): { date: string; time: string } {
  const [date = '', time = ''] = now.toLocaleString('sv-SE', { timeZone }).split(' ');
  return { date, time: time.slice(0, 5) };
}
