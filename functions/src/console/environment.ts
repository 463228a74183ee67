import type { Service } from '../service.ts';
import type { User } from '../store/users.ts';

/** What every route of the console finds in its context: the service, and who is signed in. */
export interface ConsoleEnv {
  Bindings: Service;
  Variables: { user: User };
}
