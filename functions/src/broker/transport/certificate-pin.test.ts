import { describe, expect, test } from 'vitest';
import { told } from '../../testing/told.ts';
import {
  certificateRefusal,
  type PresentedCertificate,
  parseTrust,
  STOCK_GATEWAY_CERTIFICATE,
} from './certificate-pin.ts';

const system = parseTrust(undefined);
const other = 'a'.repeat(64);

describe('the certificate that ships with every Client Portal Gateway', () => {
  const stock: PresentedCertificate = {
    fingerprint: STOCK_GATEWAY_CERTIFICATE,
    verifyError: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    onOwnMachine: false,
  };

  test('is accepted on this machine in local mode', () => {
    expect(certificateRefusal({ ...stock, onOwnMachine: true }, system)).toBeUndefined();
  });

  test('is refused elsewhere even if pinned, with the ways out', () => {
    for (const trust of [system, parseTrust(STOCK_GATEWAY_CERTIFICATE)]) {
      expect(certificateRefusal(stock, trust)).toEqual(
        told({
          message: expect.stringContaining('ships with every download'),
          hint: expect.stringMatching(/proxy .* secret header.* conf\.yaml/),
        }),
      );
    }
    expect(certificateRefusal({ ...stock, verifyError: undefined }, system)).toBeDefined();
  });

  test('is refused on this machine when another one is pinned', () => {
    expect(certificateRefusal({ ...stock, onOwnMachine: true }, parseTrust(other))).toEqual(
      told({ message: expect.stringContaining('is not the pinned one') }),
    );
  });
});

test('a certificate that verifies is not enough when another one is pinned', () => {
  const presented = { fingerprint: 'b'.repeat(64), verifyError: undefined, onOwnMachine: true };
  expect(certificateRefusal(presented, system)).toBeUndefined();
  expect(certificateRefusal(presented, parseTrust(other))).toBeDefined();
});

test('a peer without a certificate is refused', () => {
  const presented = { fingerprint: '', verifyError: 'UNABLE_TO_GET_ISSUER_CERT', onOwnMachine: true };
  expect(certificateRefusal(presented, system)).toBeDefined();
});

test('an unknown reason is named', () => {
  const presented = { fingerprint: other, verifyError: 'CERT_REVOKED', onOwnMachine: true };
  expect(certificateRefusal(presented, system)).toEqual(
    told({ message: expect.stringContaining('CERT_REVOKED') }),
  );
});

describe('what is entered', () => {
  test.each([
    ['', /neither a PEM/],
    ['hello', /neither a PEM/],
    ['ab:cd', /neither a PEM/],
    ['a'.repeat(40), /SHA-1/],
    [`${'a'.repeat(63)}g`, /neither a PEM/],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /cannot be read/],
    ['-----BEGIN CERTIFICATE-----\nAAAA', /neither a PEM/],
    ['-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----', /private key/],
  ])('%j is refused', (input, message) => {
    expect(() => parseTrust(input)).toThrow(
      told({ code: 'invalid_arguments', message: expect.stringMatching(message) }),
    );
  });
});
