/** What the function `signIn` does for the others, which cannot open passwords themselves. */

import type { OwnersAct } from '../../broker/sign-in/second-factor.ts';
import type { LiveSession } from '../../broker/transport/login.ts';
import type { AccountMode } from '../../contract/connection-kind.ts';
import type { Sealed } from '../../store/database/stored-fields.ts';

/** For which connection to sign in. */
export interface SignInRequest {
  connectionId: string;
  mode: AccountMode;
  /** Undefined where the owner is not there. */
  act?: OwnersAct | undefined;
}

export interface SignInService {
  /** Seals what a connection signs in with, so that only `signIn` can open it. */
  seal(place: string, value: Uint8Array): Promise<Sealed>;
  /**
   * One sign-in at IBKR, if one may be made now.
   * @throws {BrokerError} why there is no session. {GatewayError} where nothing was tried.
   */
  signIn(request: SignInRequest): Promise<LiveSession>;
  /** The owner did something, after which a sign-in that was refused may be tried again. */
  letTryAgain(connectionId: string): Promise<void>;
}
