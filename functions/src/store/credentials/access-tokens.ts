/**
 * `oidc_AccessToken/{sha256}` as `/mcp` reads it. A token's record carries a copy of what its grant allows, made
 * when it was issued and changed after the grant, so that a call reads no further record.
 */
import type { DocumentSnapshot } from 'firebase-admin/firestore';
import { z } from 'zod';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { time } from '../database/stored-fields.ts';
import type { Grant } from './grants.ts';

/** Of a grant, what the records of its access tokens repeat. */
export type TokenGrant = Pick<
  Grant,
  'ownerUid' | 'connectionId' | 'clientId' | 'clientName' | 'limits' | 'approval'
>;

export function tokenGrant(grant: Grant): TokenGrant {
  const { ownerUid, connectionId, clientId, clientName, limits, approval } = grant;
  return { ownerUid, connectionId, clientId, clientName, limits, approval };
}

/** 256 random bits in base64url, as the authorization server makes its opaque tokens. */
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

/** Whether the text has the form of an access token. Says nothing about whether the token exists. */
export function isAccessTokenShaped(text: string): boolean {
  return SHAPE.test(text);
}

const storedAccessToken = z.object({
  grantId: z.string(),
  /** Space-separated, as in RFC 6749 section 3.3. */
  scope: z.string(),
  /** The resource it was issued for (RFC 8707); one for none is good for nothing here. */
  audience: z.string().nullish(),
  expireAt: time,
  grant: z.object({
    ownerUid: z.string(),
    connectionId: z.string(),
    /** Absent in tokens from before it was kept. */
    clientId: z.string().optional(),
    clientName: z.string(),
    limits: z.record(z.string(), z.unknown()),
    approval: z.enum(APPROVAL_MODES).nullable(),
  }),
  lastUsedAt: time.nullable(),
});

export type AccessToken = z.output<typeof storedAccessToken>;

/** The token in a snapshot of its record, or null if there is none. */
export function accessTokenFrom(snapshot: DocumentSnapshot): AccessToken | null {
  return snapshot.exists ? storedAccessToken.parse(snapshot.data()) : null;
}
