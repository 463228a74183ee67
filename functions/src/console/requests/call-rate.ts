/** How often one person may call the console's API: more often than its pages do in as many tabs as anybody opens. */
import { CallRate } from '../../http/call-rate.ts';
import type { Service } from '../../service.ts';
import { perDatabase } from '../../store/database/per-database.ts';
import { ApiError } from './api-error.ts';

const CALLS_PER_MINUTE = 600;
/** Of those, how many may change something or have a number checked. */
const CHANGES_PER_MINUTE = 60;
/** What is asked for by POST because of its arguments. */
const READS_BY_POST = /\/tools\//;

const ratesOf = perDatabase((times: number) => ({
  calls: new CallRate(CALLS_PER_MINUTE * times),
  changes: new CallRate(CHANGES_PER_MINUTE * times),
}));

/**
 * Counts a call of a user.
 * @param service A deployment that lets programs call more often lets people, in the same proportion.
 * @throws {ApiError} 429 when there were too many.
 */
export async function countCall(
  { db, callsPerMinute }: Pick<Service, 'db' | 'callsPerMinute'>,
  { method, path }: { method: string; path: string },
  uid: string,
): Promise<void> {
  const { calls, changes } = ratesOf(db, Math.max(1, callsPerMinute / CALLS_PER_MINUTE));
  const isRead = method === 'GET' || method === 'HEAD' || READS_BY_POST.test(path);
  const wait = (await calls.count(uid)) ?? (isRead ? null : await changes.count(uid));
  if (wait === null) return;
  throw new ApiError(429, 'too_many_requests', `Too many calls. Try again in ${wait} s.`, {
    retryAfter: wait,
  });
}
