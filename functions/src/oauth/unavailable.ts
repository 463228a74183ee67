import { errors } from 'oidc-provider';

/** What a host is told when storage or sign-in cannot be reached: 503, as a 4xx would have it throw its tokens away. */
export class Unavailable extends errors.OIDCProviderError {
  override readonly error_description = 'The server cannot do this at the moment. Try again.';

  constructor(cause: unknown) {
    super(503, 'temporarily_unavailable', { cause });
    this.expose = true;
  }
}

/** Whether Firestore failed, or gave up on a transaction, as opposed to something being wrong here: its codes are gRPC's. */
export function isOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}
