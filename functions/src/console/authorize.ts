import { getAuth } from 'firebase-admin/auth';
import type { User } from '../store/users.ts';
import { ApiError } from './api-error.ts';

/**
 * The user behind a Firebase ID token, checked with Firebase on every call: a disabled account or a sign-out
 * everywhere takes effect at once.
 * @throws {ApiError} 401.
 */
export async function authorize(header: string | undefined): Promise<User> {
  const token = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw new ApiError(401, 'signed_out', 'Sign in to use the console.');
  try {
    const { uid, email } = await getAuth().verifyIdToken(token, true);
    return { uid, email: email ?? '' };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw new ApiError(401, 'signed_out', 'The sign-in has ended. Sign in again.', { cause });
  }
}

/** Whether Firebase refused the token, as opposed to not having been reached. */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^auth\/(argument-error|id-token-|user-disabled|user-not-found|invalid-)/.test(code);
}
