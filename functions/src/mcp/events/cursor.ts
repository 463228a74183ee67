/**
 * How far an app has been told of the events of one subscription. News is written a moment after it happens, so what
 * happened shortly before is looked at again, without what was told of it already.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Longer than a transaction takes that writes news, and than clocks differ. */
export const LOOKED_AT_AGAIN_MS = 120_000;
/** Beyond these, the oldest may be told again. */
const MOST_TOLD = 500;
const DIGEST_CHARACTERS = 8;
/** Longer than any that is given. */
const MOST_CHARACTERS = 10_000;

/** The last moment that storage can hold. */
const LATEST_MS = Date.UTC(9999, 11, 31);

const stored = z.strictObject({
  /** Whose it is. */
  k: z.string(),
  /** All that happened before is told or skipped, but for what comes late (ms since 1970). */
  p: z.number().int().nonnegative().max(LATEST_MS),
  /** What is told of the time that is looked at again. */
  t: z.array(z.string().length(DIGEST_CHARACTERS)).max(MOST_TOLD),
});

export interface Position {
  /** ms since 1970 */
  at: number;
  /** Digests of the ids that were told of the time that is looked at again. */
  told: ReadonlySet<string>;
}

/** Whose cursors are taken for whose: those of one connection, event and arguments. */
export function cursorKey(connectionId: string, name: string): string {
  return createHash('sha256')
    .update(JSON.stringify([connectionId, name]))
    .digest('base64url')
    .slice(0, 16);
}

export function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, DIGEST_CHARACTERS);
}

/** @param told With when each happened. */
export function writeCursor(
  key: string,
  at: number,
  told: readonly { digest: string; at: number }[],
): string {
  const newest = told.toSorted((a, b) => a.at - b.at).slice(-MOST_TOLD);
  // What is not remembered is not looked at again, for it would be told again and again.
  const isCut = newest.length < told.length;
  const position = isCut ? Math.max(at, (newest[0]?.at ?? at) + LOOKED_AT_AGAIN_MS) : at;
  const kept = newest.filter((one) => one.at >= position - LOOKED_AT_AGAIN_MS).map(({ digest }) => digest);
  return Buffer.from(
    JSON.stringify({ k: key, p: position, t: kept } satisfies z.input<typeof stored>),
  ).toString('base64url');
}

/** Null for what is no cursor, or another subscription's. */
export function readCursor(text: string, key: string): Position | null {
  if (text.length > MOST_CHARACTERS) return null;
  try {
    const { data } = stored.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return data?.k === key ? { at: data.p, told: new Set(data.t) } : null;
  } catch {
    return null;
  }
}
