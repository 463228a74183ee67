import { NotSignedIn, signedInUser } from '../http/signed-in-user.ts';
import type { User } from '../store/users.ts';
import { ApiError } from './api-error.ts';

/**
 * The user whose page calls.
 * @throws {ApiError} 401.
 */
export async function authorize(header: string | undefined): Promise<User> {
  try {
    const { uid, email } = await signedInUser(header);
    return { uid, email };
  } catch (cause) {
    if (!(cause instanceof NotSignedIn)) throw cause;
    throw new ApiError(401, 'signed_out', cause.message, { cause });
  }
}
