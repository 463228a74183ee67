/** Who is calling: from the `Authorization` header to a principal. */
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import type { Scope } from '../contract/rules/scope.ts';
import { isActiveUser } from '../http/users/active-user.ts';
import type { Service } from '../service.ts';
import type { Connection } from '../store/connections.ts';
import { type Credential, findCredential } from '../store/credentials/credentials.ts';
import { RefusedCredential } from './refused-credentials.ts';

/** A caller whose credential was just checked. */
export interface Principal {
  scope: Scope;
  connection: Connection;
  credential: Credential;
}

/** RFC 6750 section 2.1, with the scheme in any case and nothing after the token. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;

/** The token of an `Authorization` header; undefined if it has none. */
export function bearerToken(authorization: string): string | undefined {
  return BEARER.exec(authorization)?.[1];
}

/**
 * The principal behind an `Authorization` header. Credentials are taken from nowhere else.
 * @throws {OAuthError} `invalid_token` when there is none.
 * @throws {RefusedCredential} `invalid_token`; `insufficient_scope` for a token that allows nothing here.
 */
export async function authenticate(service: Service, authorization: string | null): Promise<Principal> {
  if (authorization === null) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'Send an API key or access token as a bearer token.');
  }
  const token = bearerToken(authorization);
  if (token === undefined) throw new RefusedCredential('malformed');
  const found = await findCredential(service.db, token, `${service.publicOrigin}/mcp`);
  if (found === null) throw new RefusedCredential('unknown');
  const isActive = await isActiveUser(service, found.connection.ownerUid);
  if (!isActive) throw new RefusedCredential('inactive_account');
  const { scope } = found.credential;
  if (scope === null) throw new RefusedCredential('no_scope');
  return { scope, ...found };
}
