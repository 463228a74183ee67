import type { ApiKey } from '@ibkr-gateway/functions/contract/access/api-key';
import { age, dateAndTime } from '../numbers.ts';

/** Whether a key still opens anything. */
export function isActive({ revokedAt, expiresAt }: ApiKey): boolean {
  return revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now());
}

/** `ibkr_a1b2…wxyz` */
export function keyText({ first, last }: ApiKey): string {
  return `${first}…${last}`;
}

export const SCOPE_WORDS: Record<ApiKey['scope'], string> = { read: 'Read-only', write: 'Read & write' };

/** `Last used 5 min ago` */
export function lastUseWords(lastUsedAt: string | null): string {
  return lastUsedAt === null ? 'Never used' : `Last used ${age(Date.now() - Date.parse(lastUsedAt))} ago`;
}

export function expiryWords({ expiresAt }: ApiKey): string {
  return expiresAt === null ? 'Does not expire' : `Expires ${dateAndTime(expiresAt)}`;
}
