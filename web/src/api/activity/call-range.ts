/** Ranges of time that the activity is looked through by. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface RecentRange {
  lastMs: number;
  /** Slots in which usage is told, as long as the API makes them; they begin at multiples of this by the reader's clock. */
  slotMs: number;
}

/** The last so much time, by how the address names it. */
export const RECENT: Record<string, RecentRange> = {
  '15m': { lastMs: 15 * MINUTE_MS, slotMs: MINUTE_MS },
  '1h': { lastMs: HOUR_MS, slotMs: 2 * MINUTE_MS },
  '24h': { lastMs: 24 * HOUR_MS, slotMs: HOUR_MS },
  '7d': { lastMs: 7 * 24 * HOUR_MS, slotMs: 6 * HOUR_MS },
  '30d': { lastMs: 30 * 24 * HOUR_MS, slotMs: 24 * HOUR_MS },
};

/** What usage is told of where no range is chosen. */
const USAGE_RANGE = '24h';

/** What was chosen: one of `RECENT`, or two moments (ISO 8601), each of which may be left open. */
export interface CallRange {
  last?: string;
  from?: string;
  to?: string;
}

/** The moments of a range, as the API takes them. */
export interface Span {
  since?: string;
  until?: string;
}

/** @param now In ms since 1970. */
export function spanOf({ last, from, to }: CallRange, now: number): Span {
  const recent = last === undefined ? undefined : RECENT[last];
  if (recent !== undefined) return { since: new Date(now - recent.lastMs).toISOString() };
  return { ...(from && { since: from }), ...(to && { until: to }) };
}

/** The same for usage, which is told in slots that begin at whole hours, or whatever is as round. */
export function usageSpanOf(range: CallRange, now: number): Span {
  const { from, to } = range;
  if (from !== undefined || to !== undefined) {
    const until = to ?? new Date(now).toISOString();
    const since = from ?? new Date(Date.parse(until) - 24 * HOUR_MS).toISOString();
    return { since, until };
  }
  const recent = RECENT[range.last ?? USAGE_RANGE];
  if (recent === undefined) return {};
  const zoneMs = new Date(now).getTimezoneOffset() * MINUTE_MS;
  const end = Math.floor((now - zoneMs) / recent.slotMs + 1) * recent.slotMs + zoneMs;
  return { since: new Date(end - recent.lastMs).toISOString(), until: new Date(end).toISOString() };
}
