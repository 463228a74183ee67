import type { OwnerAct } from '../../contract/audit.ts';
import type { RequestTrace } from '../../http/requests/request-trace.ts';
import type { SignedInUser } from '../../http/users/signed-in-user.ts';
import type { Service } from '../../service.ts';
import type { Concerned } from '../../store/audit.ts';

/** What is about to be done, to what. */
export interface Planned {
  connection: Concerned;
  act: OwnerAct;
  args: Record<string, unknown>;
  /** The order that it is about. */
  intentId?: string;
}

/** What every route of the console finds in its context: the service, the request's trace, and who is signed in. */
export interface ConsoleEnv {
  Bindings: Service & RequestTrace;
  Variables: {
    user: SignedInUser;
    /** The user's own, that the request is about. */
    connection?: Concerned;
    /** What the user is about to do. */
    planned?: Planned;
    /** Whether the audit has something of the request. */
    isRecorded?: boolean;
  };
}
