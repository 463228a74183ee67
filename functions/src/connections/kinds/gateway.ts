import {
  checkGatewayConfig,
  gatewayFaults,
  gatewayTransport,
} from '../../broker/transport/gateway-transport.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import { gatewayWords } from './gateway-words.ts';
import type { KindDefinition } from './kind.ts';

const secrets = SECRETS.gateway;

/** A Client Portal Gateway that the owner runs and signs in to. */
export const gateway: KindDefinition = {
  unavailable: () => null,
  check: async (entered, network) => checkGatewayConfig(secrets.parse(entered), network),
  faults: (entered, network) => gatewayFaults(secrets.partial().parse(entered), network),
  async open({ readSecrets, network, ownerUid }) {
    return { transport: gatewayTransport(secrets.parse(await readSecrets()), network, ownerUid) };
  },
  leavesByOurs: false,
  secretsIn: 'vault',
  isKeptAlive: true,
  words: gatewayWords,
  logsItselfIn: false,
  acceptedWarnings: [],
};
