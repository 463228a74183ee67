/** For how long what failed is left in peace. */

const FIRST_MS = 30_000;
const GROWS = 3;
/** What happened to orders is worth telling soon after an outage has ended. */
const MOST_MS = 3_600_000;

/**
 * Longer and longer, up to an hour, and never the same for all who failed at one time.
 * @param failures How many times in a row it failed; at least 1.
 * @param askedMs For how long the other end asked to be left in peace.
 * @param random From 0 to 1.
 */
export function retryDelay(failures: number, askedMs = 0, random = Math.random()): number {
  const delay = Math.min(MOST_MS, FIRST_MS * GROWS ** (failures - 1));
  return Math.max(Math.min(askedMs, MOST_MS), Math.floor(delay * (0.8 + 0.4 * random)));
}

/**
 * What `Retry-After` asks for (RFC 9110, section 10.2.3), in milliseconds; 0: nothing that is understood.
 * @param header Seconds or a date.
 */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime());
}
