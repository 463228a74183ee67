import { errors } from 'oidc-provider';
import { withDeadline } from '../../store/database/in-time.ts';

/** What a host is told when storage or sign-in cannot be reached: 503, as a 4xx would have it throw its tokens away. */
export class Unavailable extends errors.OIDCProviderError {
  override readonly error_description = 'The server cannot do this at the moment. Try again.';

  constructor(cause: unknown) {
    super(503, 'temporarily_unavailable', { cause });
    this.expose = true;
  }
}

/** @throws {Unavailable} when it takes longer than a caller should wait. */
export function inTime<Result>(work: Promise<Result>): Promise<Result> {
  return withDeadline(work, () => new Unavailable('no answer in time'));
}
