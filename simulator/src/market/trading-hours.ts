/** When venues trade. Times of day are local to the venue; days are counted from 1970-01-01. */

export type HoursMode = 'always' | 'market';

/** `regular` and `extended`: orders can execute and prices move. */
export type MarketPhase = 'regular' | 'extended' | 'closed';

export interface TradingSession {
  readonly day: number;
  /** Epoch ms of the regular session. */
  readonly open: number;
  readonly close: number;
  /** Epoch ms of trading including pre- and after-market. */
  readonly extendedOpen: number;
  readonly extendedClose: number;
}

interface Venue {
  readonly zone: string;
  /** Minutes after local midnight; negative is the evening before. */
  readonly open: number;
  readonly close: number;
  readonly extendedOpen: number;
  readonly extendedClose: number;
  readonly holidays: ReadonlySet<string>;
  /** Days on which it closes early, and when it does. */
  readonly early?: {
    readonly days: ReadonlySet<string>;
    readonly close: number;
    readonly extendedClose: number;
  };
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const NO_HOLIDAYS: ReadonlySet<string> = new Set();

/** Full-day closings of the New York exchanges. */
const US_HOLIDAYS: ReadonlySet<string> = new Set([
  ...['20250101', '20250109', '20250120', '20250217', '20250418', '20250526', '20250619', '20250704'],
  ...['20250901', '20251127', '20251225', '20260101', '20260119', '20260216', '20260403', '20260525'],
  ...['20260619', '20260703', '20260907', '20261126', '20261225', '20270101', '20270118', '20270215'],
  ...['20270326', '20270531', '20270618', '20270705', '20270906', '20271125', '20271224'],
]);

/** The New York exchanges close at 13:00 before some holidays and after Thanksgiving. */
const US_EARLY_CLOSES: ReadonlySet<string> = new Set([
  ...['20250703', '20251128', '20251224', '20261127', '20261224', '20271126'],
]);

function venue(zone: string, open: number, close: number): Venue {
  return { zone, open, close, extendedOpen: open, extendedClose: close, holidays: NO_HOLIDAYS };
}

const NEW_YORK: Venue = {
  zone: 'America/New_York',
  open: 570,
  close: 960,
  extendedOpen: 240,
  extendedClose: 1200,
  holidays: US_HOLIDAYS,
  early: { days: US_EARLY_CLOSES, close: 780, extendedClose: 1020 },
};

const VENUES: Readonly<Record<string, Venue>> = {
  IBIS: venue('Europe/Berlin', 540, 1050),
  AEB: venue('Europe/Amsterdam', 540, 1050),
  SBF: venue('Europe/Paris', 540, 1050),
  EBS: venue('Europe/Zurich', 540, 1050),
  LSE: venue('Europe/London', 480, 990),
  LSEETF: venue('Europe/London', 480, 990),
  MEXI: venue('America/Mexico_City', 510, 900),
  TSE: venue('America/Toronto', 570, 960),
  ASX: venue('Australia/Sydney', 600, 972),
  SEHK: venue('Asia/Hong_Kong', 570, 960),
  TSEJ: venue('Asia/Tokyo', 540, 930),
  CME: {
    zone: 'America/Chicago',
    open: 510,
    close: 900,
    extendedOpen: -420,
    extendedClose: 960,
    holidays: US_HOLIDAYS,
  },
  CBOT: {
    zone: 'America/Chicago',
    open: 510,
    close: 800,
    extendedOpen: -300,
    extendedClose: 800,
    holidays: US_HOLIDAYS,
  },
  // Indices and their options: no early or late trading.
  CBOE: {
    ...NEW_YORK,
    extendedOpen: 570,
    extendedClose: 960,
    early: { days: US_EARLY_CLOSES, close: 780, extendedClose: 780 },
  },
  IDEALPRO: venue('America/New_York', -405, 1020),
};

const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** Milliseconds that `zone` is ahead of UTC at `time`. Zones change on full hours, so one answer serves an hour. */
export function zoneOffset(zone: string, time: number): number {
  const hour = Math.floor(time / 3_600_000);
  const key = `${zone}${hour}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(hour * 3_600_000).find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(name ?? '');
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  const offset = (match?.[1] === '-' ? -minutes : minutes) * MINUTE_MS;
  if (offsets.size > 50_000) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

/** The local calendar day of `time` in `zone`, counted from 1970-01-01. */
export function localDay(zone: string, time: number): number {
  return Math.floor((time + zoneOffset(zone, time)) / DAY_MS);
}

/** Epoch ms of `minutes` after local midnight of `day`. */
export function localTime(zone: string, day: number, minutes: number): number {
  const asUtc = day * DAY_MS + minutes * MINUTE_MS;
  return asUtc - zoneOffset(zone, asUtc - zoneOffset(zone, asUtc));
}

/** `YYYYMMDD` of a day number. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Day number of `YYYYMMDD`. */
export function dayOfDate(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8))) / DAY_MS;
}

/** 0 is Sunday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export class TradingHours {
  readonly mode: HoursMode;
  readonly #sessions = new Map<string, TradingSession>();
  readonly #latest = new Map<string, { session: TradingSession; until: number }>();

  /** @param mode `always`: every venue trades around the clock, a session being one local calendar day. */
  constructor(mode: HoursMode) {
    this.mode = mode;
  }

  zone(exchange: string): string {
    return (VENUES[exchange] ?? NEW_YORK).zone;
  }

  phase(exchange: string, time: number): MarketPhase {
    if (this.mode === 'always') return 'regular';
    const session = this.latestSession(exchange, time);
    if (time < session.close && time >= session.open) return 'regular';
    return time < session.extendedClose ? 'extended' : 'closed';
  }

  /** The session whose trading (pre-market included) began last. */
  latestSession(exchange: string, time: number): TradingSession {
    const known = this.#latest.get(exchange);
    if (known && time >= known.session.extendedOpen && time < known.until) return known.session;
    let day = localDay(this.zone(exchange), time) + 1;
    let session = this.#session(exchange, day);
    while (!session || session.extendedOpen > time) session = this.#session(exchange, --day);
    this.#latest.set(exchange, { session, until: this.nextSession(exchange, session).extendedOpen });
    return session;
  }

  previousSession(exchange: string, session: TradingSession): TradingSession {
    return this.#nearest(exchange, session.day, -1);
  }

  nextSession(exchange: string, session: TradingSession): TradingSession {
    return this.#nearest(exchange, session.day, 1);
  }

  /** Sessions, oldest first, that overlap the span. */
  sessionsBetween(exchange: string, from: number, to: number): TradingSession[] {
    const sessions: TradingSession[] = [];
    const lastDay = localDay(this.zone(exchange), to) + 1;
    for (let day = localDay(this.zone(exchange), from); day <= lastDay; day++) {
      const session = this.#session(exchange, day);
      if (session && session.extendedClose > from && session.extendedOpen < to) sessions.push(session);
    }
    return sessions;
  }

  /** The moment whose price is still shown at `time`: itself while trading, else the last regular close. */
  priceTime(exchange: string, time: number): number {
    if (this.mode === 'always') return time;
    const session = this.latestSession(exchange, time);
    return time < session.extendedClose ? time : session.close;
  }

  #nearest(exchange: string, day: number, step: 1 | -1): TradingSession {
    for (let candidate = day + step; ; candidate += step) {
      const session = this.#session(exchange, candidate);
      if (session) return session;
    }
  }

  #session(exchange: string, day: number): TradingSession | undefined {
    const venueHours = VENUES[exchange] ?? NEW_YORK;
    if (this.mode === 'market' && !isTradingDay(venueHours, day)) return undefined;
    const key = `${exchange}${day}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const { early } = venueHours;
    const hours = early?.days.has(dateOfDay(day)) ? { ...venueHours, ...early } : venueHours;
    const at = (minutes: number) => localTime(venueHours.zone, day, minutes);
    const [open, close] = this.mode === 'always' ? [at(0), at(1440)] : [at(hours.open), at(hours.close)];
    const session: TradingSession = {
      day,
      open,
      close,
      extendedOpen: this.mode === 'always' ? open : at(hours.extendedOpen),
      extendedClose: this.mode === 'always' ? close : at(hours.extendedClose),
    };
    this.#sessions.set(key, session);
    return session;
  }
}

function isTradingDay(venueHours: Venue, day: number): boolean {
  const dayOfWeek = weekday(day);
  return dayOfWeek !== 0 && dayOfWeek !== 6 && !venueHours.holidays.has(dateOfDay(day));
}
