/** The codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, a new one every 30 seconds). */

import { Secret, TOTP } from 'otpauth';

const PERIOD_MS = 30_000;
/** Eight have to be left when a code leaves, for with five some were refused; two are for writing down that it does. */
const LEAST_LEFT_MS = 10_000;
/** RFC 4226 wants 16; authenticator apps have been given 10. */
const LEAST_SECRET_BYTES = 10;

/**
 * The secret in an activation code as people copy it: in base32, with spaces, hyphens and lower case.
 * @returns null when it is none.
 */
export function parseTotpSecret(text: string): Secret | null {
  const base32 = text
    .replaceAll(/[\s-]/g, '')
    .replace(/(?<!=)=+$/, '')
    .toUpperCase();
  if (!/^[A-Z2-7]+$/.test(base32)) return null;
  const secret = Secret.fromBase32(base32);
  return secret.bytes.length < LEAST_SECRET_BYTES ? null : secret;
}

export function codeAt(secret: Secret, time: number): string {
  return TOTP.generate({ secret, algorithm: 'SHA1', digits: 6, period: PERIOD_MS / 1000, timestamp: time });
}

/** The number of the period in which a code holds. */
export function windowOf(time: number): number {
  return Math.floor(time / PERIOD_MS);
}

/**
 * When a code may be made and sent at the earliest (ms since 1970): IBKR takes each once, and it must not end on the way.
 * @param used The last period whose code was sent; -1 when none was.
 */
export function nextCodeAt(now: number, used: number): number {
  const window = windowOf(now);
  const hasTime = (window + 1) * PERIOD_MS - now >= LEAST_LEFT_MS;
  const earliest = hasTime ? window : window + 1;
  return Math.max(now, Math.max(earliest, used + 1) * PERIOD_MS);
}
