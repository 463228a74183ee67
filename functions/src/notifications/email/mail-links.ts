/** The links of mails, which work for who has them, without a sign-in. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** As {@link newMailToken} makes them. */
export const MAIL_TOKEN = /^[\w-]{43}$/;

export function newMailToken(): string {
  return randomBytes(32).toString('base64url');
}

const CONFIRMED_WITHIN_MS = 3 * 86_400_000;

/** A token by which an address is confirmed, and what is kept of it. */
export function newConfirmation(now: Date) {
  const token = newMailToken();
  const expiresAt = new Date(now.getTime() + CONFIRMED_WITHIN_MS);
  return { token, kept: { tokenHash: mailTokenHash(token), expiresAt } };
}

/** By which a token is known that is not kept itself. */
export function mailTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function isSameToken(given: string, kept: string): boolean {
  return timingSafeEqual(Buffer.from(mailTokenHash(given)), Buffer.from(mailTokenHash(kept)));
}

/** The page on which it is confirmed that news may come to an address. */
export function confirmationLink(origin: string, channelId: string, token: string): string {
  return `${origin}/email/confirm/${channelId}/${token}`;
}

/** The page on which mails are ended. */
export function stopLink(origin: string, channelId: string, token: string): string {
  return `${origin}/email/stop/${channelId}/${token}`;
}

/** Where mails are ended with one request, as mail programs make it (RFC 8058). */
export function oneClickUrl(origin: string, channelId: string, token: string): string {
  return `${origin}/api/email/stop/${channelId}/${token}`;
}
