/**
 * The keys of the authorization server: a JSON Web Key Set (RFC 7517) in a secret. The first EC key signs and the
 * first `oct` key seals cookies; the others of each kind only verify and open what they once made, so that a new key
 * can be put in front without ending what is under way.
 */
import { z } from 'zod';

const kid = z.string().min(1).max(64);
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url');

const signingKey = z
  .strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), kid, x: bytes32, y: bytes32, d: bytes32 })
  .transform((key) => ({ ...key, alg: 'ES256', use: 'sig' }));
const sealingKey = z.strictObject({ kty: z.literal('oct'), kid, k: bytes32 });

const keySet = z.strictObject({ keys: z.array(z.discriminatedUnion('kty', [signingKey, sealingKey])) });

export interface SealingKey {
  kid: string;
  bytes: Uint8Array;
}

export interface OauthKeys {
  signing: z.output<typeof signingKey>[];
  /** The first one seals. */
  sealing: [SealingKey, ...SealingKey[]];
}

/** @throws {Error} when there is not at least one key of each kind, without repeating any. */
export function parseOauthKeys(text: string | undefined): OauthKeys {
  const parsed = keySet.safeParse(parseJson(text));
  const keys = parsed.data?.keys ?? [];
  const signing = keys.filter((key) => key.kty === 'EC');
  const [first, ...others] = keys
    .filter((key) => key.kty === 'oct')
    .map((key) => ({ kid: key.kid, bytes: Buffer.from(key.k, 'base64url') }));
  const distinct = new Set(keys.map((key) => key.kid)).size === keys.length;
  if (signing.length === 0 || first === undefined || !distinct) {
    throw new Error(
      'OAUTH_KEYS must be a JSON Web Key Set of EC P-256 keys and oct keys of 32 bytes, at least one of each, ' +
        'every one with a kid of its own.',
    );
  }
  return { signing, sealing: [first, ...others] };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
