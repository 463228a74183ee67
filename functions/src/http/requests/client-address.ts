import { isWithin } from '../../network/ip-ranges.ts';

/** What a request of the same machine comes from, over a socket that has no address. */
const OWN_MACHINE = '127.0.0.1';

/**
 * The address a request comes from. Google's front end, the only way to a deployed function, appends the address of
 * its caller to `X-Forwarded-For`; what stands before that was written by others. Proxies that are trusted to append
 * theirs (Hosting's) are skipped from the end: the first address that is none of theirs is the caller's, whatever a
 * caller wrote in front, and whether or not it came through Hosting. `Fastly-Client-IP`, which Hosting also sends, is
 * not looked at, since Fastly hands it on as a caller sends it (fastly.com, "Fastly-Client-IP").
 *
 * @param forwardedFor The `X-Forwarded-For` header; null where no platform sets it, as on one's own machine.
 * @param peer Who is at the other end of the socket.
 * @param trustedProxies Ranges in the form of `ipRange`.
 */
export function clientAddress(
  forwardedFor: string | null,
  peer: string | undefined,
  trustedProxies: readonly string[],
): string {
  const hops = hopsOf(forwardedFor);
  const caller = hops.findLast((hop) => !isWithin(hop, trustedProxies));
  return caller ?? peer ?? OWN_MACHINE;
}

/**
 * Whom the address that a request comes from says to forward for, if anybody. Behind Hosting, while its proxies are
 * not known, that is the caller, as all its callers come from the same few addresses. Who calls the function itself
 * can write anything there: good for telling the callers of one address apart, and never for letting anybody in.
 */
export function forwardedCaller(
  forwardedFor: string | null,
  trustedProxies: readonly string[],
): string | undefined {
  const hops = hopsOf(forwardedFor);
  const at = hops.findLastIndex((hop) => !isWithin(hop, trustedProxies));
  return at > 0 ? hops[at - 1] : undefined;
}

function hopsOf(forwardedFor: string | null): string[] {
  const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim());
  return hops.filter((hop) => hop !== '');
}
