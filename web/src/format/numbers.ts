/** Numbers and times as people read them. Their parts are kept on one line by spaces that do not break. */

const BLANK = '\u00a0';

/** Of those that IBKR trades, the ones that ISO 4217 gives no smaller unit. */
const WITHOUT_CENTS: readonly (string | null)[] = ['CLP', 'ISK', 'JPY', 'KRW', 'VND'];

/** And those of a thousand smaller units. */
const IN_THOUSANDTHS: readonly (string | null)[] = ['BHD', 'JOD', 'KWD', 'OMR', 'TND'];

/** To make a format takes a thousand times as long as to use it. */
const formats = new Map<string, Intl.NumberFormat>();

function digits(value: number, least: number, most: number, signDisplay: 'negative' | 'exceptZero'): string {
  const key = `${least} ${most} ${signDisplay}`;
  const format =
    formats.get(key) ??
    new Intl.NumberFormat('en-US', {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      signDisplay,
    });
  formats.set(key, format);
  return format.format(value);
}

function minorDigits(currency: string | null): number {
  if (WITHOUT_CENTS.includes(currency)) return 0;
  return IN_THOUSANDTHS.includes(currency) ? 3 : 2;
}

export function number(value: number): string {
  return digits(value, 0, 8, 'negative');
}

/** `1,731.40`: with so many digits behind the point. */
export function rounded(value: number, places: number): string {
  return digits(value, places, places, 'negative');
}

/** `1,731.40 USD`, of prices: as many digits as they have. A dash for what is not known. */
export function money(amount: number | null, currency: string | null): string {
  if (amount === null) return '–';
  const text = digits(amount, minorDigits(currency), Math.abs(amount) < 0.01 ? 8 : 4, 'negative');
  return withUnit(text, currency);
}

/** `1,731.40`: of sums rather than prices, to the smallest unit of `currency`, which stands elsewhere. */
export function cents(amount: number | null, currency: string | null): string {
  if (amount === null) return '–';
  return rounded(amount, minorDigits(currency));
}

/** `+12.30`, as {@link cents}. */
export function change(amount: number, currency: string | null): string {
  return digits(amount, minorDigits(currency), minorDigits(currency), 'exceptZero');
}

/** Of a change in words: what is rounded to nothing is neither gain nor loss. */
export function signOf(text: string): -1 | 0 | 1 {
  if (text.startsWith('+')) return 1;
  return /^[-−]/.test(text) ? -1 : 0;
}

/** `+12.30 USD` of `+12.30` */
export function withUnit(text: string, unit: string | null): string {
  return unit === null ? text : `${text}${BLANK}${unit}`;
}

/** `+1.25 %`; 5 is 5 %. */
export function percentChange(percent: number): string {
  return withUnit(digits(percent, 2, 2, 'exceptZero'), '%');
}

/** `12.5 %`; 5 is 5 %. */
export function percent(value: number): string {
  return withUnit(digits(value, 1, 1, 'negative'), '%');
}

// One clock for all: of 24 hours, as exchanges have it, in the reader's own time zone.
const dayAndTime = clock({ dateStyle: 'medium', timeStyle: 'short' });
const dayAndSecond = clock({ dateStyle: 'medium', timeStyle: 'medium' });
const time = clock({ timeStyle: 'short' });
const timeOfClock = clock({ timeStyle: 'medium' });
const exact = clock({ dateStyle: 'medium', timeStyle: 'long' });
// Of days on the calendar, which are no moments.
const calendarDay = dates({ year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' });
const calendarMonth = dates({ year: 'numeric', month: 'short', timeZone: 'UTC' });

function clock(style: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  return dates({ ...style, hourCycle: 'h23' });
}

/** A format that is made when it is first used, and then kept. */
function dates(style: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  let format: Intl.DateTimeFormat | undefined;
  return () => {
    format ??= new Intl.DateTimeFormat('en-US', style);
    return format;
  };
}

/** `Nov 22, 2026, 09:12` */
export function dateAndTime(iso: string): string {
  return dayAndTime().format(new Date(iso));
}

/** `Nov 22, 2026, 09:12:05` */
export function dateAndSecond(iso: string): string {
  return dayAndSecond().format(new Date(iso));
}

/** What the gateway wrote down, with the times in it by the reader's clock. */
export function inLocalTime(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (iso) => dateAndSecond(iso));
}

/** `09:12`, and the day as well when it is not today. */
export function clockTime(iso: string): string {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date().toDateString();
  return (isToday ? time : dayAndTime)().format(moment);
}

/** `09:12:05`; `ms` since 1970. */
export function timeOfDay(ms: number): string {
  return timeOfClock().format(ms);
}

/** `Nov 22, 2026, 09:12:05 GMT+1` */
export function exactTime(iso: string): string {
  return exact().format(new Date(iso));
}

/** `Nov 22, 2026` of `2026-11-22`, a day on the calendar and no moment. `Nov 2026` of `2026-11`. */
export function day(date: string): string {
  return (date.length === 7 ? calendarMonth : calendarDay)().format(new Date(date));
}

/** `Europe/Berlin` */
export function timeZone(): string {
  return time().resolvedOptions().timeZone;
}

/** `4:05` */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `12 s`, `3 min`, `2 h`, `5 days` */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return withUnit(`${seconds}`, 's');
  if (seconds < 90 * 60) return withUnit(`${Math.round(seconds / 60)}`, 'min');
  if (seconds < 36 * 3600) return withUnit(`${Math.round(seconds / 3600)}`, 'h');
  return withUnit(`${Math.round(seconds / 86_400)}`, 'days');
}

/** Enough of an account to know it by: `••••567`. */
export function maskedAccount(accountId: string): string {
  return `••••${accountId.slice(-3)}`;
}
