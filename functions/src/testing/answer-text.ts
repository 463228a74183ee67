/** Test support: answers as text that is the same in every run. */

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
/** As `Date` and Firestore write them. */
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** The place of a record of the audit among those of its connection, at the end of its id. */
const SEQUENCE = /(?<=[A-Za-z0-9]>-)\d{10}\b/g;

/** Ids that are drawn at random. */
const RANDOM: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['key', /\bibkr_[A-Za-z0-9]{49}\b/g],
  ['secret', /\bwhsec_[A-Za-z0-9+/]{43}=/g],
  ['public key', /\bB[\w-]{86}(?![\w-])/g],
  ['sha256', /\b[0-9a-f]{64}\b/g],
  ['uuid', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g],
  ['hex', /\b[0-9a-f]{32}\b/g],
  ['account', /\bDU\d{7}\b/g],
  ['end of account', /••••\d{3}\b/g],
  ['id', /(?<![A-Za-z0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[A-Za-z0-9]{20}(?![A-Za-z0-9])/g],
];

/** Fields that tell how long something took, or that are pieces of something random. */
const VARYING: ReadonlySet<string> = new Set([
  'number milliseconds',
  'number p50',
  'number p95',
  'number age_seconds',
  'number sequence',
  'number records',
  // What IBKR has told within seconds, or null.
  'object value',
  'string signedInAt',
  'string first',
  'string last',
  'string dataKey',
  'string data',
]);

/**
 * One answer as text. Random ids are numbered as they come, times of the gateway's clock are told from `now`, and JSON
 * inside a string is told as `{"JSON": …}`, so that it can be read.
 */
export function answerText(answer: unknown, now: number): string {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();

  function nameOf(kind: string, id: string): string {
    const known = names.get(id);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const name = `<${kind} ${count}>`;
    names.set(id, name);
    return name;
  }

  function textOf(value: string): string {
    let text = value;
    for (const [kind, pattern] of RANDOM) text = text.replace(pattern, (id) => nameOf(kind, id));
    return text.replace(SEQUENCE, '<sequence>').replace(ISO_TIME, (time) => timeOf(time, now));
  }

  function shown(value: unknown, key = ''): unknown {
    if (VARYING.has(`${typeof value} ${key}`)) return `<${key}>`;
    if (typeof value === 'number' && isOfGateway(value, now)) {
      return timeOf(new Date(value).toISOString(), now);
    }
    if (typeof value === 'string') {
      return value.startsWith('{') ? { JSON: shown(JSON.parse(value)) } : textOf(value);
    }
    if (Array.isArray(value)) return value.map((item) => shown(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [textOf(name), shown(inner, name)]),
    );
  }

  return `${JSON.stringify(shown(answer), null, 1)}\n`;
}

/** Whether a number is a time, in milliseconds, of the gateway's clock. */
function isOfGateway(value: number, now: number): boolean {
  return Math.abs(value - now) < 2 * 365 * DAY_MINUTES * MINUTE_MS && value % 1_000 !== 0;
}

/** Full seconds are the simulator's own and stay as they are. */
function timeOf(time: string, now: number): string {
  if (time.endsWith('.000Z')) return time;
  const minutes = Math.round((Date.parse(time) - now) / MINUTE_MS);
  // Which of the two a time of less than a minute is depends on how fast the machine is.
  if (Math.abs(minutes) <= 1) return '<now>';
  if (minutes % DAY_MINUTES === 0) return `<now + ${minutes / DAY_MINUTES} d>`;
  return minutes % HOUR_MINUTES === 0 ? `<now + ${minutes / HOUR_MINUTES} h>` : `<now + ${minutes} min>`;
}
