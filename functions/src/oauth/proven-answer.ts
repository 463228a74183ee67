/**
 * Binds an answered request for consent to the browser that answered it. Another browser may have begun it, and have
 * planted its cookie there: hosts of the same domain can set cookies for each other. Where to go on is told to the one
 * that answered alone.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { InteractionResults } from 'oidc-provider';

/** Of the address at which the browser goes on. */
const PARAMETER = 'answer';
/** Of the stored answer. */
const PROOF = 'proof';

/** An answer as it is stored, and the address to go on at with it. */
export function provenAnswer(answer: InteractionResults): {
  stored: InteractionResults;
  goOnAt: (address: string) => string;
} {
  const secret = randomBytes(32).toString('base64url');
  return {
    stored: { ...answer, [PROOF]: hash(secret).toString('hex') },
    goOnAt: (address) => `${address}?${PARAMETER}=${secret}`,
  };
}

/** Whether a request to go on comes from the browser that gave the answer. */
export function isProven({ [PROOF]: proof }: InteractionResults, { searchParams }: URL): boolean {
  const secret = searchParams.get(PARAMETER);
  if (typeof proof !== 'string' || secret === null) return false;
  const [known, given] = [Buffer.from(proof, 'hex'), hash(secret)];
  return known.length === given.length && timingSafeEqual(known, given);
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
