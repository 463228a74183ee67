import { createHash } from 'node:crypto';
import { sandboxTransport } from '../../broker/transport/sandbox-transport.ts';
import { GatewayError } from '../../errors.ts';
import { SANDBOX_WARNINGS } from '../../trading/domain/accepted-warnings.ts';
import type { KindDefinition, Unavailable } from './kind.ts';

const NO_SIMULATOR: Unavailable = {
  code: 'sandbox_unavailable',
  message: 'This deployment has no simulator for sandbox connections.',
};

/** An account of the simulator, for trying things out. */
export const sandbox: KindDefinition = {
  unavailable: ({ simulatorUrl }) => (simulatorUrl === undefined ? NO_SIMULATOR : null),
  check: async () => undefined,
  faults: async () => new Map(),
  async open({ simulatorUrl, simulatorKey, connectionId, ownerUid, sandboxLimits }) {
    if (simulatorUrl === undefined) throw noSimulatorError();
    // The simulator need not know who it is.
    const person = createHash('sha256').update(ownerUid).digest('base64url');
    const transport = sandboxTransport({ simulatorUrl, simulatorKey, connectionId, person });
    return { transport, signsInByInit: true, ...(sandboxLimits && { limits: sandboxLimits }) };
  },
  leavesByOurs: false,
  secretsIn: 'vault',
  // Nobody else uses a sandbox, and nothing ends its session.
  isKeptAlive: false,
  logsItselfIn: false,
  // In a sandbox nothing is at stake but time.
  acceptedWarnings: SANDBOX_WARNINGS,
};

function noSimulatorError(): GatewayError {
  return new GatewayError(
    'ibkr_unavailable',
    'This deployment has no simulator, so sandbox connections do not work.',
    'Use another connection, or ask the operator to set one up.',
  );
}
