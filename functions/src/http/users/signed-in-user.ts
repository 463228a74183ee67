import type { Config } from '../../config.ts';
import type { User } from '../../store/users.ts';
import { firebaseAuth } from './firebase-auth.ts';
import { isInvited } from './invited.ts';

export interface SignedInUser extends User {
  /** When they last proved who they are, which later renewals of the ID token do not move. */
  signedInAt: Date;
  /** Whether the address is theirs, as Firebase knows it. */
  isEmailVerified: boolean;
}

/** Why nobody is let in, and how HTTP says it. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  readonly status: 401 | 403;
  readonly code: 'signed_out' | 'not_invited' | 'sign_in_again';

  /**
   * @param code `signed_out`: there is no ID token, or Firebase refuses it. `not_invited`: they may not use this gateway.
   * `sign_in_again`: what they ask for needs a newer sign-in.
   */
  constructor(code: SignInRefused['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = code === 'signed_out' ? 401 : 403;
  }
}

/**
 * The user behind a Firebase ID token, checked with Firebase on every call: a disabled account or a sign-out
 * everywhere takes effect at once.
 * @throws {SignInRefused}
 */
export async function signedInUser(
  authorization: string | undefined,
  config: Pick<Config, 'allowedEmails'>,
): Promise<SignedInUser> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw new SignInRefused('signed_out', 'Sign in to use the console.');
  try {
    const auth = await firebaseAuth();
    const { uid, email = '', email_verified, auth_time } = await auth.verifyIdToken(token, true);
    if (!isInvited(email_verified === true ? email : '', config)) {
      throw new SignInRefused(
        'not_invited',
        `${email || 'This account'} may not use this gateway. Sign in with another account, or ask whoever runs it.`,
      );
    }
    return { uid, email, isEmailVerified: email_verified === true, signedInAt: new Date(auth_time * 1000) };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw new SignInRefused('signed_out', 'The sign-in has ended. Sign in again.', { cause });
  }
}

/** Whether Firebase refused the token, as opposed to not having been reached. */
function isRefusal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^auth\/(argument-error|id-token-|user-disabled|user-not-found|invalid-)/.test(code);
}
