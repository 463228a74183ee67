/**
 * Which addresses a URL typed by a user may reach: the public Internet, and on one's own machine loopback.
 * Without this, a connection's URL would be a way into the network that these functions run in.
 */

import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { GatewayError } from '../errors.ts';
import { refused } from './http-request.ts';

export interface Network {
  /** True where everything runs on a person's own machine: only there loopback is theirs to reach. */
  localMode: boolean;
  /** Every address of a host name; the system's resolver when absent. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

/** Names that never mean a public host: RFC 6761, RFC 6762, RFC 8375, and ICANN's private-use `internal`. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|home\.arpa)$/;
const LOOPBACK_NAME = /(^|\.)localhost$/;

/** The part of IPv6 from which public addresses are assigned (RFC 4291, IANA). */
const IPV6_GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by number, yet what answers there is the cloud's own agent on every Azure host. */
const AZURE_HOST_AGENT = '168.63.129.16';

export function isLoopback(address: string): boolean {
  return ipaddr.parse(address).range() === 'loopback';
}

/** Whether a URL's host, name or address, is this machine by its spelling alone. */
export function isLoopbackHost(hostname: string): boolean {
  return isIP(hostname) ? isLoopback(hostname) : LOOPBACK_NAME.test(hostname);
}

/**
 * Checks a host before anything is resolved.
 * @param hostname lower case, without the brackets of IPv6.
 * @returns why it is refused, if it is.
 */
export function hostRefusal(hostname: string, network: Network): GatewayError | undefined {
  if (isIP(hostname)) return isReachable(hostname, network) ? undefined : notPublic();
  if (network.localMode && LOOPBACK_NAME.test(hostname)) return undefined;
  return PRIVATE_NAME.test(hostname) || !hostname.includes('.') ? notPublic() : undefined;
}

/**
 * A resolver for `net.connect` that answers only if every address of the name may be reached. The socket
 * connects to exactly what was checked, so a name that changes its address in between gains nothing.
 */
export function checkedLookup(network: Network): LookupFunction {
  const resolve = network.resolve ?? ((hostname) => dns.lookup(hostname, { all: true }));
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first || !addresses.every(({ address }) => isReachable(address, network))) {
          callback(refused(notPublic()), []);
        } else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, []),
    );
  };
}

function isReachable(address: string, { localMode }: Network): boolean {
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return localMode;
  if (range !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(IPV6_GLOBAL_UNICAST) : address !== AZURE_HOST_AGENT;
}

function notPublic(): GatewayError {
  return new GatewayError(
    'invalid_arguments',
    'The gateway URL does not lead to a public address.',
    'Give the gateway a public host name with an HTTPS proxy in front of it. A gateway on this machine ' +
      '(https://localhost:5000) works only when IBKR Gateway itself runs on this machine too.',
    { details: { field: 'url' } },
  );
}
