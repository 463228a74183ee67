import type { Call } from '../http/router.ts';
import type { Session } from './session-state.ts';

export const SERVER_INFO = {
  serverName: 'JifN10042',
  serverVersion: 'Build 10.44.1d, Mar 3, 2026 1:55:32 PM',
};

const MAC = '02:00:00:00:00:01';

/** The `auth/status` object, which several endpoints contain. */
export function authStatus(session: Session): Record<string, unknown> {
  if (session.brokerage) {
    return {
      authenticated: true,
      established: true,
      competing: false,
      connected: true,
      message: '',
      MAC,
      serverInfo: SERVER_INFO,
      hardware_info: session.hardwareInfo,
    };
  }
  return {
    authenticated: false,
    competing: session.isHeldElsewhere,
    connected: true,
    MAC,
    message: '',
    fail: '',
  };
}

/** Opens the brokerage session, if IBKR is up and nobody else has it. */
export function openBrokerage({ session, simulation, now }: Call, compete: boolean): void {
  if (!simulation.isResetting(now)) session.openBrokerage(now, compete);
}
