/**
 * Which addresses a URL chosen by somebody else may reach: the public Internet, and on one's own machine loopback.
 * Without this, such a URL would be a way into the network that these functions run in.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface Network {
  /** True where everything runs on a person's own machine: only there loopback is theirs to reach. */
  localMode: boolean;
  /** Every address of a host name; the system's resolver when absent. */
  resolve?: (hostname: string) => Promise<LookupAddress[]>;
}

/**
 * Names that never mean a public host: RFC 6761, RFC 6762 and its appendix G, RFC 8375, ICANN's private-use `internal`,
 * and the `svc` of a cluster.
 */
const PRIVATE_NAME =
  /(^|\.)(localhost|local|internal|home\.arpa|lan|corp|home|intranet|private|svc|test|invalid|onion)$/;
/** Ports of other protocols that browsers do not dial either (WHATWG Fetch, "bad port"), of those above 1023. */
const OTHER_PROTOCOLS = [1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080];
const IRC = { first: 6665, last: 6669 };

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
 * Whether a host may be asked for, as far as that can be told before anything is resolved.
 * @param hostname lower case, without the brackets of IPv6.
 */
export function isPublicHost(hostname: string, network: Network): boolean {
  if (isIP(hostname)) return isReachable(hostname, network);
  if (network.localMode && LOOPBACK_NAME.test(hostname)) return true;
  // A dot at the end says that the name is whole (RFC 1034 section 3.1).
  const name = hostname.replace(/\.$/, '');
  return name.includes('.') && !PRIVATE_NAME.test(name);
}

/**
 * Whether a web server may be asked for at a port. Below 1024 are the services of a host: HTTPS is one of them.
 * @param port As of a URL: empty for the usual one.
 */
export function isWebPort(port: string): boolean {
  const number = Number(port || 443);
  const isIrc = number >= IRC.first && number <= IRC.last;
  return number === 443 || (number > 1_023 && !isIrc && !OTHER_PROTOCOLS.includes(number));
}

/**
 * A resolver for `net.connect` that answers only if every address of the name may be reached. The socket
 * connects to exactly what was checked, so a name that changes its address in between gains nothing.
 * @param refusal What connecting fails with otherwise.
 */
export function checkedLookup(network: Network, refusal: () => Error): LookupFunction {
  const resolve = network.resolve ?? ((hostname) => dns.lookup(hostname, { all: true }));
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first || !addresses.every(({ address }) => isReachable(address, network))) {
          callback(refusal(), []);
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
