/** Who is calling: from the `Authorization` header to a principal. */
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { isActiveUser } from '../http/active-user.ts';
import type { Service } from '../service.ts';
import type { Scope } from '../store/api-keys.ts';
import type { Connection } from '../store/connections.ts';
import { type Credential, findCredential } from '../store/credentials.ts';

/** A caller whose credential was just checked. */
export interface Principal {
  scope: Scope;
  connection: Connection;
  credential: Credential;
}

/** RFC 6750 section 2.1, with the scheme in any case and nothing after the token. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/**
 * The principal behind an `Authorization` header. Credentials are taken from nowhere else.
 * @throws {OAuthError} `invalid_token`, with a sentence that helps and tells nothing of why; `insufficient_scope` for
 * a token that allows nothing here.
 */
export async function authenticate(
  { db, publicOrigin }: Service,
  authorization: string | null,
  now: Date,
): Promise<Principal> {
  if (authorization === null) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'Send an API key or access token as a bearer token.');
  }
  const token = BEARER.exec(authorization)?.[1];
  const found = token === undefined ? null : await findCredential(db, token, `${publicOrigin}/mcp`, now);
  if (found === null || !(await isActiveUser(db, found.connection.ownerUid))) {
    throw new OAuthError(
      OAuthErrorCode.InvalidToken,
      'The bearer token is malformed, unknown, expired or revoked.',
    );
  }
  const { scope } = found.credential;
  if (scope === null) {
    throw new OAuthError(
      OAuthErrorCode.InsufficientScope,
      'The access token has none of the scopes of this server.',
    );
  }
  return { scope, ...found };
}
