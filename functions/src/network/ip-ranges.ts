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

/**
 * The network that an address is in, as large as one household, office or server has it: `/24` of IPv4, `/48` of IPv6.
 * @returns null for what is no address.
 */
export function networkOf(address: string): string | null {
  const parsed = parseAddress(address);
  return parsed === null ? null : ipRange(`${parsed.toString()}/${parsed.kind() === 'ipv4' ? 24 : 48}`);
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

/**
 * Whether addresses are in some of these ranges that are in none of the others, each as `ipRange` answered it. No ranges
 * mean every address.
 */
export function reachesFurther(ranges: readonly string[], others: readonly string[]): boolean {
  if (others.length === 0) return false;
  if (ranges.length === 0) return true;
  const covered = joinSpans(others.map(spanOf));
  return ranges
    .map(spanOf)
    .some(({ kind, first, last }) =>
      covered.every((span) => span.kind !== kind || first < span.first || last > span.last),
    );
}

/** The addresses of a range, as numbers. */
interface Span {
  kind: 'ipv4' | 'ipv6';
  first: bigint;
  last: bigint;
}

function spanOf(range: string): Span {
  const [network, prefix] = ipaddr.parseCIDR(range);
  const bytes = network.toByteArray();
  const first = bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  return { kind: network.kind(), first, last: first + 2n ** BigInt(bytes.length * 8 - prefix) - 1n };
}

/** The same addresses, with spans that overlap or meet made one. */
function joinSpans(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((one, other) => (one.first < other.first ? -1 : 1));
  const made: Span[] = [];
  for (const span of sorted) {
    const before = made.findLast(({ kind }) => kind === span.kind);
    if (before === undefined || span.first > before.last + 1n) made.push({ ...span });
    else if (span.last > before.last) before.last = span.last;
  }
  return made;
}

/** IPv4 in IPv6 form (`::ffff:203.0.113.7`), as sockets report it, is IPv4. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (text.includes('%') || IPV4_COMPATIBLE.test(text)) return null;
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : null;
}
