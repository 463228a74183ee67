import { sandboxTransport } from '../../broker/transport/sandbox-transport.ts';
import { GatewayError } from '../../errors.ts';
import { SANDBOX_WARNINGS } from '../../trading/domain/accepted-warnings.ts';
import type { KindDefinition } from './kind.ts';

/** An account of the simulator, for trying things out. */
export const sandbox: KindDefinition = {
  isAvailable: ({ simulatorUrl }) => simulatorUrl !== undefined,
  check: async () => undefined,
  faults: async () => new Map(),
  async open({ simulatorUrl, connectionId, sandboxLimits }) {
    if (simulatorUrl === undefined) throw noSimulator();
    const transport = sandboxTransport({ simulatorUrl, connectionId });
    return { transport, signsInByInit: true, ...(sandboxLimits && { limits: sandboxLimits }) };
  },
  // Nobody else uses a sandbox, and nothing ends its session.
  isKeptAlive: false,
  logsItselfIn: false,
  // In a sandbox nothing is at stake but time.
  acceptedWarnings: SANDBOX_WARNINGS,
};

function noSimulator(): GatewayError {
  return new GatewayError(
    'ibkr_unavailable',
    'This deployment has no simulator, so sandbox connections do not work.',
    'Use another connection, or ask the operator to set one up.',
  );
}
