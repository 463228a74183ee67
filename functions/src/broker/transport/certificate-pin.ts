/** Which certificate a Client Portal Gateway may present, and why another one is refused. */

import { X509Certificate } from 'node:crypto';
import { BrokerError, type CertificateFault } from '../errors.ts';

export interface CertificateTrust {
  /** Whose signature is enough, name and dates being right: the system's authorities, these (PEM), nobody's. */
  authorities: 'system' | 'none' | readonly string[];
  /** Certificates accepted as they are, name and dates not looked at; SHA-256 as 64 lower-case hex digits. */
  pinned: readonly string[];
}

/** What a TLS handshake showed, before any request byte. */
export interface PresentedCertificate {
  /** SHA-256 as 64 lower-case hex digits. */
  fingerprint: string;
  /** OpenSSL's or Node's reason why the certificate is not valid for the host, if it is not. */
  verifyError: string | undefined;
  /** The connection ends on this machine, and a person at this machine is who we serve. */
  onOwnMachine: boolean;
}

/**
 * The certificate in `root/vertx.jks` of every clientportal.gw.zip: CN "Client Portal Web API", self-signed,
 * valid 2019-02-10 to 2019-05-11, no subject alternative name, serial 3AD5A3F4. Its private key is in the same
 * file, under the password in `conf.yaml`, so anyone can present it.
 */
export const STOCK_GATEWAY_CERTIFICATE = '13daf89a0712b962c3ecaa5ede344100aee0d3b5dec5a79abd7602a812eda3be';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * @param input PEM certificates (an authority, or the gateway's own certificate), or the SHA-256 fingerprint of
 *   the gateway's certificate in hex; without it the system's authorities are trusted.
 * @throws {BrokerError} when it is neither.
 */
export function parseTrust(input: string | undefined): CertificateTrust {
  if (input === undefined) return { authorities: 'system', pinned: [STOCK_GATEWAY_CERTIFICATE] };
  if (input.includes('PRIVATE KEY-----')) {
    throw invalidTrust('private_key');
  }
  const authorities = input.match(PEM_CERTIFICATE) ?? [];
  if (authorities.length > 0) return { authorities, pinned: authorities.map(fingerprintOfPem) };

  // `openssl x509 -fingerprint -sha256` prints "sha256 Fingerprint=AB:CD:…"
  const hex = input.slice(input.indexOf('=') + 1).replace(/[\s:]/g, '');
  if (/^[0-9a-f]{64}$/i.test(hex)) return { authorities: 'none', pinned: [hex.toLowerCase()] };
  if (/^[0-9a-f]{40}$/i.test(hex)) {
    throw invalidTrust('sha1');
  }
  throw invalidTrust('not_certificate');
}

/** @returns why the certificate is refused, if it is. */
export function certificateRefusal(
  { fingerprint, verifyError, onOwnMachine }: PresentedCertificate,
  { authorities, pinned }: CertificateTrust,
): BrokerError | undefined {
  if (fingerprint === STOCK_GATEWAY_CERTIFICATE && !onOwnMachine)
    return refusedCertificateError({ is: 'stock' });
  if (pinned.includes(fingerprint)) return undefined;
  if (authorities === 'none') return refusedCertificateError({ is: 'not_pinned', fingerprint });
  return verifyError === undefined
    ? undefined
    : refusedCertificateError({ is: 'unverified', verifyError, fingerprint });
}

function fingerprintOfPem(pem: string): string {
  try {
    return fingerprintOf(new X509Certificate(pem));
  } catch (cause) {
    throw invalidTrust('unreadable', cause);
  }
}

/** SHA-256 of the DER certificate as 64 lower-case hex digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function invalidTrust(
  is: 'private_key' | 'sha1' | 'not_certificate' | 'unreadable',
  cause?: unknown,
): BrokerError {
  return new BrokerError({ name: 'field', field: 'ca', fault: { is } }, { cause });
}

function refusedCertificateError(fault: CertificateFault): BrokerError {
  return new BrokerError({ name: 'certificate', fault });
}
