/** Numbers and times as people read them. */

const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 8 });
const MONEY = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 4 });
const CENTS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const ROUND_MONEY = new Intl.NumberFormat('en-US', CENTS);
const CHANGE = new Intl.NumberFormat('en-US', { ...CENTS, signDisplay: 'exceptZero' });
const TIME = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });

export function number(value: number): string {
  return NUMBER.format(value);
}

/** `1,731.40 USD`; a dash for what is not known. */
export function money(amount: number | null, currency: string | null): string {
  if (amount === null) return '–';
  return currency === null ? MONEY.format(amount) : `${MONEY.format(amount)} ${currency}`;
}

/** `1,731.40`: of sums rather than prices, to the cent. */
export function cents(amount: number | null): string {
  return amount === null ? '–' : ROUND_MONEY.format(amount);
}

/** `+12.30 USD` */
export function change(amount: number, currency: string | null): string {
  return currency === null ? CHANGE.format(amount) : `${CHANGE.format(amount)} ${currency}`;
}

/** `+1.25 %`; 5 is 5 %. */
export function percentChange(percent: number): string {
  return `${CHANGE.format(percent)} %`;
}

/** `12.5 %`; 5 is 5 %. */
export function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}

/** In the reader's own time zone. */
export function dateAndTime(iso: string): string {
  return TIME.format(new Date(iso));
}

const CLOCK = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', hourCycle: 'h23' });

/** `09:12:05` on the reader's clock; `ms` since 1970. */
export function timeOfDay(ms: number): string {
  return CLOCK.format(ms);
}

/** `4:05` */
export function minutesAndSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `12 s`, `3 min`, `2 h`, `5 days` */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Enough of an account to know it by: `••••567`. */
export function maskedAccount(accountId: string): string {
  return `••••${accountId.slice(-3)}`;
}
