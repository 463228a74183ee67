/** Refused credentials in the log. Of a burst from one address only its beginning is written down. */
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import * as logger from '../http/logging/logger.ts';
import type { RequestTrace } from '../http/requests/request-trace.ts';
import type { Service } from '../service.ts';
import { perDatabase } from '../store/database/per-database.ts';

const MOST_A_MINUTE = 10;
const refusalsOf = perDatabase(() => new RateLimiterMemory({ points: MOST_A_MINUTE, duration: 60 }));

/**
 * `unknown`: there is none such, or it was revoked, has expired or is for another resource. `inactive_account`: its
 * owner's is disabled, gone or not invited.
 */
type WhyRefused = 'malformed' | 'unknown' | 'inactive_account' | 'no_scope';

/** A credential was sent and is refused. `message` is for the caller and does not tell why. */
export class RefusedCredential extends OAuthError {
  readonly why: WhyRefused;

  constructor(why: WhyRefused) {
    if (why === 'no_scope') {
      super(OAuthErrorCode.InsufficientScope, 'The access token has none of the scopes of this server.');
    } else {
      super(OAuthErrorCode.InvalidToken, 'The bearer token is malformed, unknown, expired or revoked.');
    }
    this.why = why;
  }
}

/** @returns false where an address has sent so many that nothing more is said of them. */
export async function logRefusal(
  { db }: Pick<Service, 'db'>,
  { why }: RefusedCredential,
  trace: RequestTrace,
): Promise<boolean> {
  const { consumedPoints } = await refusalsOf(db).penalty(trace.address);
  if (consumedPoints > MOST_A_MINUTE) return false;
  logger.log('credential_refused', { why, ...trace, silentNow: consumedPoints === MOST_A_MINUTE });
  return true;
}
