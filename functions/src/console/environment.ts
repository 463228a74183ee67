import type { RequestTrace } from '../http/request-trace.ts';
import type { SignedInUser } from '../http/signed-in-user.ts';
import type { Service } from '../service.ts';

/** What every route of the console finds in its context: the service, the request's trace, and who is signed in. */
export interface ConsoleEnv {
  Bindings: Service & RequestTrace;
  Variables: { user: SignedInUser };
}
