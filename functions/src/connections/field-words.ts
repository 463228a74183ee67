/** What is wrong with a field of a connection's form, or with the certificate of a gateway, in words for its owner. */

import type { CertificateFault, FieldFault, Problem } from '../broker/errors.ts';

/** What happened, and what the person can do. */
export interface Words {
  message: string;
  hint: string;
}

/** How the fields are named in messages; headers are told one by one. */
const NAMES: Readonly<Record<string, string>> = {
  consumerKey: 'The consumer key',
  accessToken: 'The access token',
  accessTokenSecret: 'The access token secret',
  signatureKey: 'The signature key',
  encryptionKey: 'The encryption key',
  dhPrime: 'The Diffie-Hellman prime',
  dhGenerator: 'The Diffie-Hellman generator',
  realm: 'The realm',
  baseUrl: 'The base URL',
  username: 'The username',
  password: 'The password',
  totpSecret: 'The activation code',
  signInUrl: 'The address of the sign-in',
  url: 'The gateway URL',
  ca: 'The certificate entered for the gateway',
};

const PRIVATE_KEY_HINT = 'Paste the private key file, from its -----BEGIN to its -----END line.';
const HEADER_HINT =
  'Enter the name and value that the proxy in front of the gateway asks for, such as x-proxy-secret.';

export function fieldWords({ field, fault }: Problem<'field'>): Words {
  const [what, hint] = saidOf(field, fault);
  const name = field === 'headers' ? 'A header for the gateway is not valid:' : NAMES[field];
  return { message: `${name} ${what}.`, hint };
}

/** What the field is, and what to do about it. */
function saidOf(field: string, fault: FieldFault): readonly [what: string, hint: string] {
  switch (fault.is) {
    case 'malformed':
      return MALFORMED[field] ?? ['is not one', 'Enter it again.'];
    case 'not_pem':
      return ['is not a PEM file', PRIVATE_KEY_HINT];
    case 'encrypted':
      return [
        'is protected by a passphrase',
        'Remove the passphrase: openssl pkey -in key.pem -out key-without-passphrase.pem',
      ];
    case 'public_key':
      return ['is a public key', `That half belongs to IBKR. ${PRIVATE_KEY_HINT}`];
    case 'other_pem':
      return [
        `is something else (${fault.label})`,
        field === 'dhPrime' ? 'Paste the file made by openssl dhparam 2048.' : PRIVATE_KEY_HINT,
      ];
    case 'damaged':
      return [
        'is damaged or incomplete',
        field === 'dhPrime' ? 'Paste the whole DH PARAMETERS file again.' : PRIVATE_KEY_HINT,
      ];
    case 'not_rsa':
      return ['is not an RSA key', 'IBKR takes RSA keys of 2048 bits.'];
    case 'bits':
      return field === 'dhPrime'
        ? [
            `has ${fault.bits} bits instead of 2048`,
            'Copy all of it, or make a new one with openssl dhparam 2048.',
          ]
        : [
            `has ${fault.bits} bits`,
            'IBKR takes RSA keys of 2048 bits. Make a new pair and upload its public half.',
          ];
    case 'not_base64':
      return ['is not base64', 'Copy the longer of the two values the portal generated.'];
    case 'length':
      return [
        `is ${fault.bytes} bytes long instead of ${fault.expected}`,
        'Copy it again as a whole; if it is whole, the encryption key is not the one it was made for.',
      ];
    case 'keys_swapped':
      return ['and the encryption key are swapped', 'Swap them.'];
    case 'not_opened':
      return [
        'does not open with the encryption key',
        'Enter the private half of the key uploaded as encryption key, and the secret that the portal generated after that.',
      ];
    case 'not_hex':
      return [
        'is neither hex nor a DH PARAMETERS file',
        'Paste the file made by openssl dhparam 2048, or only the hex digits of its prime.',
      ];
    case 'not_prime':
      return ['is not a prime number', 'Copy it again; a digit is wrong or missing.'];
    case 'negative':
      return [
        'is a negative number in this file',
        'IBKR would refuse every login with it. Make a new file with openssl dhparam 2048 and upload that.',
      ];
    case 'differs_from_file':
      return ['differs from the one in the file', 'Leave it empty.'];
    case 'not_settable':
      return ['cannot be set here', 'Leave it out: the connection goes to IBKR.'];
    case 'not_on_this_machine':
      return ['is not one of this machine', 'Write it like http://localhost:4290.'];
    case 'not_activation_code':
      return [
        'is not one',
        'It is the row of letters and digits under the QR code that IBKR shows for an authenticator app, not a code of six digits.',
      ];
    case 'not_url':
      return [
        'is not a URL',
        'Write it like https://gateway.example.com or https://gateway.example.com:5000.',
      ];
    case 'not_https':
      return ['does not start with https://', 'The gateway must be reached over HTTPS.'];
    case 'has_user':
      return [
        'holds a username or password',
        'Remove them. A proxy in front of the gateway can ask for a secret header instead.',
      ];
    case 'has_query':
      return ['has a query or a fragment', 'Leave out everything from ? or # on.'];
    case 'unusual_address':
      return ['spells its IP address in an unusual way', 'Write the address as four decimal numbers.'];
    case 'not_public':
      return [
        'does not lead to a public address',
        'Give the gateway a public host name with an HTTPS proxy in front of it. A gateway on this machine ' +
          '(https://localhost:5000) works only when IBKR Gateway itself runs on this machine too.',
      ];
    case 'not_web_port':
      return [
        'leads to a port of something else than a web server',
        'Give the gateway port 443, or one above 1023 such as 5000 or 8443.',
      ];
    case 'header_name':
      return ['a name has characters that HTTP does not allow', HEADER_HINT];
    case 'header_framing':
      return [`${fault.header} cannot be set`, HEADER_HINT];
    case 'header_twice':
      return [`${fault.header} is given twice`, HEADER_HINT];
    case 'header_value':
      return [`the value of ${fault.header} is empty, too long, or not plain text on one line`, HEADER_HINT];
    case 'private_key':
      return ['holds a private key', 'Enter only the certificate. The private key stays with the gateway.'];
    case 'sha1':
      return ['is a SHA-1 fingerprint', 'Enter the SHA-256 fingerprint, 64 hex digits.'];
    case 'not_certificate':
      return [
        'is neither a PEM certificate nor a SHA-256 fingerprint',
        'Paste the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, or the 64 hex digits of the fingerprint.',
      ];
    case 'unreadable':
      return ['cannot be read', 'Copy the whole certificate again, first and last line included.'];
  }
}

const MALFORMED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  consumerKey: ['is not one', 'It is the nine capital letters that you chose in the IBKR portal.'],
  accessToken: [
    'is not one',
    'It is the shorter of the two values the portal generated, about 20 letters and digits.',
  ],
  username: ['is not one', 'Enter the name that you sign in to IBKR with.'],
  password: ['is missing or longer than any of IBKR’s', 'Enter the one that you sign in to IBKR with.'],
  realm: ['has characters that are not letters', 'Leave it empty: IBKR uses limited_poa.'],
  dhGenerator: ['is not a small whole number', 'Leave it empty: openssl uses 2.'],
};

export function certificateWords({ fault }: Problem<'certificate'>): Words {
  const [what, hint] = certificateWordsOf(fault);
  return { message: `The gateway's certificate ${what}.`, hint };
}

function certificateWordsOf(fault: CertificateFault): readonly [what: string, hint: string] {
  if (fault.is === 'stock') {
    return [
      'is the one that ships with every download of the Client Portal Gateway, private key included, so it proves nothing across a network',
      'Put a proxy with a real certificate in front of the gateway and let it ask for a secret header, or set sslCert and sslPwd in conf.yaml to a key store of your own and pin its certificate here.',
    ];
  }
  const presented = `It presented the certificate with SHA-256 ${separateByColons(fault.fingerprint)}.`;
  if (fault.is === 'not_pinned') {
    return [
      'is not the pinned one',
      `${presented} If the gateway was given a new certificate, compare the fingerprint on the gateway's machine and enter it.`,
    ];
  }
  return [
    VERIFY_ERRORS[fault.verifyError] ?? `cannot be verified (${fault.verifyError})`,
    `${presented} If that is your gateway, compare the fingerprint on its machine and enter it as the connection's certificate; or give the gateway a certificate from a public authority for its host name.`,
  ];
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

function separateByColons(hex: string): string {
  return hex.toUpperCase().replace(/..(?=.)/g, '$&:');
}
