/** IBKR's time spellings, to ISO 8601. What is not exactly a time of the expected form is null. */

import { parseDecimal } from './numbers.ts';

/** Milliseconds since 1970, as a number or digits. Values before 1990 or after 2100 are not times. */
export function isoFromEpochMs(value: unknown): string | null {
  const ms = parseDecimal(value);
  if (ms === null || ms < Date.UTC(1990) || ms > Date.UTC(2100)) return null;
  return new Date(ms).toISOString();
}

/** `20260401-23:40:47` or `260401234047` (both UTC). */
export function isoFromStamp(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const match =
    /^(\d{4})(\d\d)(\d\d)-(\d\d):(\d\d):(\d\d)$/.exec(value) ??
    /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(value);
  if (match === null) return null;
  const [, year = '', month, day, hour, minute, second] = match;
  return exactly(`${year.padStart(4, '20')}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
}

/** `20260618`, also with dashes, to `2026-06-18`. */
export function isoDate(value: unknown): string | null {
  const match = /^(\d{4})(-?)(\d\d)\2(\d\d)$/.exec(String(value));
  if (match === null) return null;
  const [, year, , month, day] = match;
  return exactly(`${year}-${month}-${day}T00:00:00.000Z`)?.slice(0, 10) ?? null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date in `Mon Dec 11 00:00:00 EST 2023`, as it is written there, whatever the zone; or `20231211`. */
export function isoDateInWords(value: unknown): string | null {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) \d\d:\d\d:\d\d(?: \S+)? (\d{4})$/.exec(
    String(value).trim(),
  );
  const [, month = '', day = '', year = ''] = match ?? [];
  const number = MONTHS.indexOf(month) + 1;
  return number === 0
    ? isoDate(value)
    : isoDate(`${year}${String(number).padStart(2, '0')}${day.padStart(2, '0')}`);
}

/** ISO 8601 to IBKR's `YYYYMMDD-HH:mm:ss` (UTC). */
export function stampFromIso(iso: string): string {
  const [date = '', time = ''] = new Date(iso).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8)}`;
}

/** The text itself if the calendar has that moment: `Date` alone turns 31 April into 1 May. */
function exactly(iso: string): string | null {
  const date = new Date(iso);
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? iso : null;
}
