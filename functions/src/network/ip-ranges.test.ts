import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, forwardedCaller } from '../http/requests/client-address.ts';
import { ipRange, isWithin, networkOf, reachesFurther } from './ip-ranges.ts';

const ipv4 = fc.ipV4();
/** Without the spelling that is refused. */
const ipv6 = fc.ipV6().filter((address) => !/^::\d+\./.test(address));
const anyAddress = fc.oneof(ipv4, ipv6);
const prefixed = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })),
  fc.tuple(
    ipv4.map((address) => `::ffff:${address}`),
    fc.integer({ min: 0, max: 128 }),
  ),
);

it.each([
  ['203.0.113.7', '203.0.113.7/32'],
  [' 203.0.113.7/24 ', '203.0.113.0/24'],
  ['10.255.0.0/9', '10.128.0.0/9'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::1', '2001:db8::1/128'],
  ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
  ['::ffff:203.0.113.7', '203.0.113.7/32'],
  ['::ffff:203.0.113.7/120', '203.0.113.0/24'],
  ['0:0:0:0:0:0:203.0.113.7', '::cb00:7107/128'],
])('reads %s as %s', (text, range) => {
  expect(ipRange(text)).toBe(range);
});

it.each([
  '',
  'localhost',
  '203.0.113',
  '203.0.113.256',
  '0313.0.113.7',
  '203.0.113.7/33',
  '203.0.113.7/-1',
  '203.0.113.7/',
  '203.0.113.0/24/24',
  '203.0.113.0-203.0.113.9',
  '2001:db8::/129',
  'fe80::1%eth0',
  '::203.0.113.7',
  '::ffff:203.0.113.7/95',
])('takes %j for no range', (text) => {
  expect(ipRange(text)).toBeNull();
});

it('has every range hold the address it was made of, in a form that stays', () => {
  fc.assert(
    fc.property(prefixed, ([address, bits]) => {
      const range = ipRange(`${address}/${bits}`);
      fc.pre(range !== null);
      expect(isWithin(address, [range])).toBe(true);
      expect(ipRange(range)).toBe(range);
    }),
  );
});

it('has a single address hold nothing else, and ranges of one family nothing of the other', () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, (one, other) => {
      const range = ipRange(one) ?? '';
      expect(isWithin(other, [range])).toBe(ipRange(other) === range);
    }),
  );
  expect(isWithin('203.0.113.7', ['::/0'])).toBe(false);
  expect(isWithin('2001:db8::1', ['0.0.0.0/0'])).toBe(false);
  expect(isWithin('::ffff:203.0.113.7', ['203.0.113.0/24'])).toBe(true);
  expect(isWithin('not an address', ['0.0.0.0/0', '::/0'])).toBe(false);
});

it('is not told another address by what a caller writes into X-Forwarded-For', () => {
  const proxies = ['198.51.100.0/24'];
  const caller = fc.oneof(ipv4, ipv6).filter((address) => !isWithin(address, proxies));
  const forged = fc.array(fc.oneof(anyAddress, fc.constant('junk'), fc.constant('')), { maxLength: 5 });
  const hops = fc.array(fc.integer({ min: 1, max: 254 }), { maxLength: 3 });
  fc.assert(
    fc.property(caller, forged, hops, (address, written, appended) => {
      const list = [...written, address, ...appended.map((hop) => `198.51.100.${hop}`)].join(', ');
      expect(clientAddress(list, '169.254.1.1', proxies)).toBe(address);
    }),
  );
});

it('is the other end of the socket where nothing is forwarded', () => {
  expect(clientAddress(null, '203.0.113.7', [])).toBe('203.0.113.7');
  expect(clientAddress(null, undefined, [])).toBe('127.0.0.1');
});

it('tells whom the address forwards for, as far as it says so', () => {
  const hosting = ['198.51.100.0/24'];
  expect(forwardedCaller('203.0.113.7, 198.51.100.1', [])).toBe('203.0.113.7');
  expect(forwardedCaller('junk, 203.0.113.7, 198.51.100.1', [])).toBe('203.0.113.7');
  expect(forwardedCaller('junk, 203.0.113.7, 198.51.100.1', hosting)).toBe('junk');
  expect(forwardedCaller('203.0.113.7, 198.51.100.1', hosting)).toBeUndefined();
  expect(forwardedCaller('203.0.113.7', [])).toBeUndefined();
  expect(forwardedCaller(null, [])).toBeUndefined();
});

describe('ranges reach further than others', () => {
  /** Near each other, so that they often meet. */
  const near = fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
    .map(([last, bits]) => ipRange(`203.0.113.${last}/${bits}`) ?? '');
  const lists = fc.array(near, { maxLength: 6 });
  const lets = (ranges: string[], address: string) => ranges.length === 0 || isWithin(address, ranges);

  it('exactly where they hold an address that those do not', () => {
    const addresses = Array.from({ length: 17 }, (_, last) => `203.0.113.${last}`);
    fc.assert(
      fc.property(lists, lists, (ranges, others) => {
        const isNew = addresses.some((address) => lets(ranges, address) && !lets(others, address));
        expect(reachesFurther(ranges, others)).toBe(isNew);
      }),
      { numRuns: 2_000 },
    );
  });

  it('also in IPv6, and never by the numbers of the other kind', () => {
    expect(reachesFurther(['2001:db8::/33'], ['2001:db8::/32'])).toBe(false);
    expect(reachesFurther(['2001:db8::/32'], ['2001:db8::/33', '2001:db8:8000::/33'])).toBe(false);
    expect(reachesFurther(['2001:db8::/31'], ['2001:db8::/32'])).toBe(true);
    expect(reachesFurther(['0.0.0.1/32'], ['::/0'])).toBe(true);
    expect(reachesFurther(['::1/128'], ['0.0.0.0/0'])).toBe(true);
    expect(reachesFurther(['0.0.0.0/0', '::/0'], ['::/0', '0.0.0.0/0'])).toBe(false);
  });
});

it.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['unknown', null],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
