/** What serves a simulator. */

import type { Faults } from './http/faults.ts';
import type { Pacing } from './http/pacing.ts';
import type { RequestLog } from './http/request-log.ts';
import type { OAuthServer } from './session/oauth.ts';
import type { Sandboxes } from './session/sandboxes.ts';
import type { SignIns } from './sign-in/sign-ins.ts';
import type { Simulation } from './simulation.ts';
import type { WebSockets } from './websocket/websockets.ts';

export interface SimulatorParts {
  readonly simulation: Simulation;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Those of them that exceeded a limit, and what was refused because of it. */
  readonly refusals: RequestLog;
  readonly oauth: OAuthServer;
  readonly sandboxes: Sandboxes;
  readonly signIns: SignIns;
  readonly pacing: Pacing | undefined;
  readonly sockets: WebSockets;
}
