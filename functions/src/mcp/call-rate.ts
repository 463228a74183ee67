/** How often one key or app may call. */
import { CallRate } from '../http/call-rate.ts';
import type { Service } from '../service.ts';
import { perDatabase } from '../store/database/per-database.ts';
import { refusal } from './request-checks.ts';

const callRateOf = perDatabase((callsPerMinute: number) => new CallRate(callsPerMinute));

/** Counts the calls of a request, a batch being several; answers 429 when its credential has made too many. */
export async function checkCallRate(
  { db, callsPerMinute }: Pick<Service, 'db' | 'callsPerMinute'>,
  credentialId: string,
  calls: number,
): Promise<Response | null> {
  const wait = await callRateOf(db, callsPerMinute).count(credentialId, calls);
  if (wait === null) return null;
  const message = `Too many calls with this credential. Try again in ${wait} s.`;
  return refusal(429, message, { 'Retry-After': String(wait) });
}
