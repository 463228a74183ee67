import {
  checkGatewayConfig,
  gatewayFaults,
  gatewayTransport,
} from '../../broker/transport/gateway-transport.ts';
import { gatewaySecrets } from '../../contract/connection.ts';
import type { KindDefinition } from './kind.ts';

/** A Client Portal Gateway that the owner runs and signs in to. */
export const gateway: KindDefinition = {
  isAvailable: () => true,
  check: async (entered, network) => checkGatewayConfig(gatewaySecrets.parse(entered), network),
  faults: (entered, network) => gatewayFaults(gatewaySecrets.partial().parse(entered), network),
  async open({ readSecrets, network }) {
    return { transport: gatewayTransport(gatewaySecrets.parse(await readSecrets()), network) };
  },
  isKeptAlive: true,
  logsItselfIn: false,
  acceptedWarnings: [],
};
