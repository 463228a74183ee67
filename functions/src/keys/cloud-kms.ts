/**
 * Cloud KMS, as far as the vault needs it: one call of its REST API, signed in as the service is. Google's own client
 * library would bring gRPC a second time, for this one call at the start of an instance.
 */
import { applicationDefault } from 'firebase-admin/app';
import { z } from 'zod';

const ORIGIN = 'https://cloudkms.googleapis.com';
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const PAUSE_MS = 500;

/** `plaintextCrc32c` is an int64, which JSON has as text. */
const decrypted = z.object({ plaintext: z.base64(), plaintextCrc32c: z.string() });

export interface KmsAccess {
  origin: string;
  /** Of an account that may use the key (`cloudkms.cryptoKeyVersions.useToDecrypt`). */
  accessToken: () => Promise<string>;
}

/** Where deployed functions reach it, as their own service account. */
const DEPLOYED: KmsAccess = {
  origin: ORIGIN,
  accessToken: async () => (await applicationDefault().getAccessToken()).access_token,
};

/**
 * Opens what a key of Cloud KMS encrypted, by whichever of its versions. Tries again when KMS cannot be reached or fails.
 * @param kmsKey `projects/…/locations/…/keyRings/…/cryptoKeys/…`
 * @param ciphertext Base64.
 * @throws {Error} saying what KMS answered, and nothing of what was sent.
 * @see https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/decrypt
 */
export async function kmsDecrypt(
  kmsKey: string,
  ciphertext: string,
  access: KmsAccess = DEPLOYED,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(kmsKey, ciphertext, access);
    if (typeof answer !== 'string') return answer;
    if (attempt === ATTEMPTS) throw new Error(answer);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
  }
}

/** @returns why it failed, where another attempt may help. */
async function post(
  kmsKey: string,
  ciphertext: string,
  { origin, accessToken }: KmsAccess,
): Promise<Uint8Array | string> {
  const headers = {
    authorization: `Bearer ${await accessToken()}`,
    'content-type': 'application/json',
  };
  const call = { method: 'POST', headers, body: JSON.stringify({ ciphertext }) };
  let response: Response;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(`${origin}/v1/${kmsKey}:decrypt`, { ...call, signal, redirect: 'error' });
  } catch {
    return 'Cloud KMS could not be reached.';
  }
  if (response.status >= 500 || response.status === 429) return `Cloud KMS answered ${response.status}.`;
  if (!response.ok) {
    throw new Error(
      `Cloud KMS answered ${response.status}: the key has to exist and be enabled, and the service account of the ` +
        'functions needs the role Cloud KMS CryptoKey Decrypter on it.',
    );
  }
  const { data } = decrypted.safeParse(await response.json().catch(() => null));
  if (data === undefined) return 'Cloud KMS answered something that is not understood.';
  const plaintext = Buffer.from(data.plaintext, 'base64');
  // What is sealed by a key that was damaged on its way would be lost.
  if (crc32c(plaintext) !== Number(data.plaintextCrc32c)) return 'What Cloud KMS answered was damaged.';
  return plaintext;
}

/** CRC-32C (RFC 3720, section 12.1), by which Google has callers check keys. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
