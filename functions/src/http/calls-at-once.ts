/**
 * How many calls of one person are answered at once. Each may wait for their own gateway as long as a call may take, and
 * an instance has a place for 80: what waits must not take those of others. Each instance counts for itself.
 */
import type { Service } from '../service.ts';
import { perDatabase } from '../store/database/per-database.ts';

/** As many as a batch may hold, and more than a host asks for side by side. */
const MOST_AT_ONCE = 20;
/** For which that many are. */
const CALLS_PER_MINUTE = 600;

const openOf = perDatabase(() => new Map<string, number>());

/** Calls under way, until the end of the block that has them. */
export interface Begun {
  /** There were too many already: these are not to be begun. */
  isRefused: boolean;
  [Symbol.dispose](): void;
}

/**
 * Begins calls of a person.
 * @param service A deployment that lets programs call more often has them call more at once, in the same proportion.
 */
export function beginCalls(
  { db, callsPerMinute }: Pick<Service, 'db' | 'callsPerMinute'>,
  ownerUid: string,
  calls = 1,
): Begun {
  const open = openOf(db);
  const before = open.get(ownerUid) ?? 0;
  const most = MOST_AT_ONCE * Math.max(1, callsPerMinute / CALLS_PER_MINUTE);
  if (before + calls > most) return { isRefused: true, [Symbol.dispose]() {} };
  open.set(ownerUid, before + calls);
  return {
    isRefused: false,
    [Symbol.dispose]() {
      const left = (open.get(ownerUid) ?? 0) - calls;
      if (left > 0) open.set(ownerUid, left);
      else open.delete(ownerUid);
    },
  };
}
