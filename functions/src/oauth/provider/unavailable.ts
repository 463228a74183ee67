import { errors } from 'oidc-provider';
import { isStorageFailure, withDeadline } from '../../store/database/in-time.ts';

/** What a host is told when storage or sign-in cannot be reached: 503, as a 4xx would have it throw its tokens away. */
export class Unavailable extends errors.OIDCProviderError {
  override readonly error_description = 'The server cannot do this at the moment. Try again.';

  constructor(cause: unknown) {
    super(503, 'temporarily_unavailable', { cause });
    this.expose = true;
  }
}

/** What a host is told of a failure: that the server is unavailable, where storage is the reason. */
export function asUnavailable(cause: unknown): unknown {
  return isStorageFailure(cause) ? new Unavailable(cause) : cause;
}

/** @throws {Unavailable} when storage fails, or takes longer than a caller should wait. */
export async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await withDeadline(work, () => new Unavailable('no answer in time'));
  } catch (cause) {
    throw asUnavailable(cause);
  }
}
