/** How often one key or app may call. */
import type { Config } from '../config.ts';
import { CallRate } from '../http/call-rate.ts';
import { refusal } from './request-checks.ts';

let callRate: CallRate | undefined;

/** Counts the calls of a request, a batch being several; answers 429 when its credential has made too many. */
export async function checkCallRate(
  { callsPerMinute }: Config,
  credentialId: string,
  calls: number,
): Promise<Response | null> {
  callRate ??= new CallRate(callsPerMinute);
  const wait = await callRate.count(credentialId, calls);
  if (wait === null) return null;
  const message = `Too many calls with this credential. Go on in ${wait} s.`;
  return refusal(429, message, { 'Retry-After': String(wait) });
}
