/** Which certificate a Client Portal Gateway may present, and why another one is refused. */

import { X509Certificate } from 'node:crypto';
import { GatewayError } from '../../errors.ts';

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
 * @throws {GatewayError} when it is neither.
 */
export function parseTrust(input: string | undefined): CertificateTrust {
  if (input === undefined) return { authorities: 'system', pinned: [STOCK_GATEWAY_CERTIFICATE] };
  if (input.includes('PRIVATE KEY-----')) {
    throw invalidTrust(
      'holds a private key',
      'Enter only the certificate. The private key stays with the gateway.',
    );
  }
  const authorities = input.match(PEM_CERTIFICATE) ?? [];
  if (authorities.length > 0) return { authorities, pinned: authorities.map(fingerprintOfPem) };

  // `openssl x509 -fingerprint -sha256` prints "sha256 Fingerprint=AB:CD:…"
  const hex = input.slice(input.indexOf('=') + 1).replace(/[\s:]/g, '');
  if (/^[0-9a-f]{64}$/i.test(hex)) return { authorities: 'none', pinned: [hex.toLowerCase()] };
  if (/^[0-9a-f]{40}$/i.test(hex)) {
    throw invalidTrust('is a SHA-1 fingerprint', 'Enter the SHA-256 fingerprint, 64 hex digits.');
  }
  throw invalidTrust(
    'is neither a PEM certificate nor a SHA-256 fingerprint',
    'Paste the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, or the 64 hex digits of the fingerprint.',
  );
}

/** @returns why the certificate is refused, if it is. */
export function certificateRefusal(
  { fingerprint, verifyError, onOwnMachine }: PresentedCertificate,
  { authorities, pinned }: CertificateTrust,
): GatewayError | undefined {
  if (fingerprint === STOCK_GATEWAY_CERTIFICATE && !onOwnMachine) {
    return invalidCertificate(
      'is the one that ships with every download of the Client Portal Gateway, private key included, so it proves nothing across a network',
      'Put a proxy with a real certificate in front of the gateway and let it ask for a secret header, or set sslCert and sslPwd in conf.yaml to a key store of your own and pin its certificate here.',
    );
  }
  if (pinned.includes(fingerprint)) return undefined;

  const presented = `It presented the certificate with SHA-256 ${colonSeparated(fingerprint)}.`;
  if (authorities === 'none') {
    return invalidCertificate(
      'is not the pinned one',
      `${presented} If the gateway was given a new certificate, compare the fingerprint on the gateway's machine and enter it.`,
    );
  }
  if (verifyError === undefined) return undefined;
  return invalidCertificate(
    VERIFY_ERRORS[verifyError] ?? `cannot be verified (${verifyError})`,
    `${presented} If that is your gateway, compare the fingerprint on its machine and enter it as the connection's certificate; or give the gateway a certificate from a public authority for its host name.`,
  );
}

/** The reasons people meet; https://docs.openssl.org/3.5/man1/openssl-verification-options/ names the rest. */
const VERIFY_ERRORS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'comes from an authority that is not trusted',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'was issued for another host name',
};

function fingerprintOfPem(pem: string): string {
  try {
    return fingerprintOf(new X509Certificate(pem));
  } catch (cause) {
    throw invalidTrust(
      'cannot be read',
      'Copy the whole certificate again, first and last line included.',
      cause,
    );
  }
}

/** SHA-256 of the DER certificate as 64 lower-case hex digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function colonSeparated(hex: string): string {
  return hex.toUpperCase().replace(/..(?=.)/g, '$&:');
}

function invalidTrust(what: string, hint: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_arguments', `The certificate entered for the gateway ${what}.`, hint, {
    cause,
    details: { field: 'ca' },
  });
}

function invalidCertificate(what: string, hint: string): GatewayError {
  return new GatewayError('invalid_arguments', `The gateway's certificate ${what}.`, hint);
}
