/** What serves a simulator. */

import type { Faults } from './faults.ts';
import type { OAuthServer } from './oauth.ts';
import type { Pacing } from './pacing.ts';
import type { RequestLog } from './request-log.ts';
import type { Simulation } from './simulation.ts';
import type { WebSockets } from './websockets.ts';

export interface SimulatorParts {
  readonly simulation: Simulation;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Those of them that exceeded a limit, and what was refused because of it. */
  readonly refusals: RequestLog;
  readonly oauth: OAuthServer;
  readonly pacing: Pacing | undefined;
  readonly sockets: WebSockets;
}
