import { describe, expect, test } from 'vitest';
import { checkedLookup, isPublicHost, isWebPort, type Network } from './public-address.ts';

const deployed: Network = { localMode: false };
const local: Network = { localMode: true };
const REFUSAL = new Error('not public');

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '2606:4700:4700::1111',
];
const LOOPBACK = ['127.0.0.1', '127.255.255.254', '::1'];
const INSIDE = [
  ['0.0.0.0', 'this host'],
  ['0.1.2.3', 'this network'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['169.254.169.254', 'metadata of most clouds'],
  ['169.254.170.2', 'metadata of AWS ECS'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['100.100.100.200', 'metadata of Alibaba'],
  ['192.0.0.192', 'metadata of Oracle'],
  ['168.63.129.16', 'host agent of Azure'],
  ['192.0.2.1', 'documentation'],
  ['198.18.0.1', 'benchmarks'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['192.88.99.1', '6to4 relay'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::ffff:127.0.0.1', 'mapped loopback'],
  ['::ffff:10.0.0.1', 'mapped private'],
  ['::ffff:8.8.8.8', 'mapped public'],
  ['::127.0.0.1', 'compatible loopback'],
  ['::ffff:0:127.0.0.1', 'translated loopback'],
  ['64:ff9b::7f00:1', 'NAT64 loopback'],
  ['64:ff9b:1::1', 'local NAT64'],
  ['2002:7f00:1::', '6to4 loopback'],
  ['2001::1', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['fe80::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'metadata of AWS'],
  ['fd20:ce::254', 'metadata of Google'],
  ['ff02::1', 'multicast'],
  ['100::1', 'discard'],
  ['4000::1', 'not assigned'],
] as const;

describe('addresses', () => {
  test.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicHost(address, deployed)).toBe(true);
    expect(isPublicHost(address, local)).toBe(true);
  });

  test.each(LOOPBACK)('%s is for local mode only', (address) => {
    expect(isPublicHost(address, deployed)).toBe(false);
    expect(isPublicHost(address, local)).toBe(true);
  });

  test.each(INSIDE)('%s (%s) is refused everywhere', (address) => {
    expect(isPublicHost(address, deployed)).toBe(false);
    expect(isPublicHost(address, local)).toBe(false);
  });
});

describe('names', () => {
  test.each([
    ...['metadata.google.internal', 'printer.local', 'router.home.arpa', 'intranet', ''],
    ...[
      'metadata.google.internal.',
      'nas.lan',
      'wiki.corp',
      'api.default.svc',
      'db.home.',
      'localhost.localdomain.lan',
    ],
  ])('"%s" is refused everywhere', (name) => {
    expect(isPublicHost(name, deployed)).toBe(false);
    expect(isPublicHost(name, local)).toBe(false);
  });

  test('localhost is for local mode only', () => {
    for (const name of ['localhost', 'gateway.localhost']) {
      expect(isPublicHost(name, deployed)).toBe(false);
      expect(isPublicHost(name, local)).toBe(true);
    }
  });

  test('a public name', () => {
    for (const name of ['gateway.example.com', 'notlocalhost.example', 'internal.example.com']) {
      expect(isPublicHost(name, deployed)).toBe(true);
    }
  });
});

/** Spellings of 127.0.0.1, 10.0.0.1 and 169.254.169.254 that a URL makes an address of (WHATWG URL, "IPv4 parser"). */
test.each([
  ...['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '127.0.1', '0x7f.1', '127.0.0.1.', '１２７.0.0.1'],
  ...['167772161', '0xa.1', '012.0.0.1', '10.1', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376'],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[::7f00:1]',
  ],
  ...[
    '0',
    '0.0.0.0',
    '00000000',
    '[::]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '。localhost',
    'ⓛocalhost',
    'localhost.',
  ],
])('https://%s leads to an address inside by whatever spelling, and is refused', (host) => {
  const hostname = URL.parse(`https://${host}/`)?.hostname.replace(/^\[|\]$/g, '');
  expect(hostname === undefined || !isPublicHost(hostname, deployed)).toBe(true);
});

test.each([
  ['', true],
  ['443', true],
  ['5000', true],
  ['8443', true],
  ['65535', true],
  ['22', false],
  ['25', false],
  ['80', false],
  ['1023', false],
  ['6000', false],
  ['6667', false],
])('port "%s" of another host is one of a web server: %s', (port, isWeb) => {
  expect(isWebPort(port)).toBe(isWeb);
});

describe('resolving', () => {
  function lookup(addresses: string[], network: Network): Promise<unknown> {
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    return new Promise((done) => {
      checkedLookup({ ...network, resolve }, () => REFUSAL)(
        'gateway.example.com',
        { all: true },
        (error, found) => done(error ?? found),
      );
    });
  }

  test('answers what was checked', async () => {
    expect(await lookup(['8.8.8.8', '2606:4700:4700::1111'], deployed)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700:4700::1111', family: 6 },
    ]);
  });

  test.each([
    [['10.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['2606:4700:4700::1111', '::ffff:10.0.0.1']],
    [[]],
  ])('%j is refused as a whole', async (addresses) => {
    expect(await lookup(addresses, deployed)).toBe(REFUSAL);
  });
});
