import type { RequestTrace } from '../http/request-trace.ts';
import type { Service } from '../service.ts';
import type { User } from '../store/users.ts';

/** What every route of the console finds in its context: the service, the request's trace, and who is signed in. */
export interface ConsoleEnv {
  Bindings: Service & RequestTrace;
  Variables: { user: User };
}
