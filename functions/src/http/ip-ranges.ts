/** Ranges of addresses in CIDR form, IPv4 and IPv6. */
import ipaddr from 'ipaddr.js';

const IPV4_COMPATIBLE = /^::\d+\./;

/**
 * A range as people write it, in one form: `203.0.113.7` is `203.0.113.7/32`, `203.0.113.9/24` is `203.0.113.0/24`.
 * IPv4 in IPv6 form counts its length in IPv6: `::ffff:203.0.113.7/120` is `203.0.113.0/24`.
 * @returns null when it is none. Spellings that are read differently elsewhere are none: octal and shortened IPv4, and
 * the deprecated `::203.0.113.7` (RFC 4291 section 2.5.5.1), which the library takes for `::ffff:203.0.113.7`.
 */
export function ipRange(text: string): string | null {
  const [address = '', length, ...rest] = text.trim().split('/');
  const parsed = parseAddress(address);
  if (parsed === null || rest.length > 0) return null;
  const bytes = parsed.toByteArray();
  const bits = bytes.length * 8;
  const mappedBits = address.includes(':') ? 128 - bits : 0;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) - mappedBits : -1;
  if (prefix < 0 || prefix > bits) return null;
  const network = bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))));
  return `${ipaddr.fromByteArray(network)}/${prefix}`;
}

/** Whether an address is in one of the ranges, each as `ipRange` answered it. What is no address is in none. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  return ranges.some((range) => {
    const [network, prefix] = ipaddr.parseCIDR(range);
    return network.kind() === parsed.kind() && parsed.match(network, prefix);
  });
}

/** IPv4 in IPv6 form (`::ffff:203.0.113.7`), as sockets report it, is IPv4. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.includes('%') || IPV4_COMPATIBLE.test(text)) return null;
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : null;
}
