import type { Config } from '../config.ts';
import { SignInRefused, signedInUser } from '../http/signed-in-user.ts';
import type { User } from '../store/users.ts';
import { ApiError } from './api-error.ts';

/**
 * The user whose page calls.
 * @throws {ApiError} 401; 403 when they may not use this gateway.
 */
export async function authorize(
  header: string | undefined,
  config: Pick<Config, 'allowedEmails'>,
): Promise<User> {
  try {
    const { uid, email } = await signedInUser(header, config);
    return { uid, email };
  } catch (cause) {
    if (!(cause instanceof SignInRefused)) throw cause;
    throw new ApiError(cause.status, cause.code, cause.message, { cause });
  }
}
