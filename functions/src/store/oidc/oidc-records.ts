/**
 * `oidc_{Model}/{sha256}`: what the authorization server keeps of its codes, tokens, requests for consent and clients.
 * Ids are bearer secrets or come from outside, so a record is named by a hash and never by the id itself.
 */
import { createHash } from 'node:crypto';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';

/** Models whose records belong to a grant and end with it. */
export const GRANT_MODELS = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'Grant'] as const;

/** The record of one id, whatever its characters. */
export function oidcRecord(db: Firestore, model: string, id: string): DocumentReference {
  const name = createHash('sha256').update(`${model}:${id}`).digest('hex');
  return db.collection(`oidc_${model}`).doc(name);
}
