import {
  checkOAuthInput,
  oauthFaults,
  parseOAuthCredentials,
} from '../../broker/transport/oauth-credentials.ts';
import { oauthTransport } from '../../broker/transport/oauth-transport.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import type { KindDefinition } from './kind.ts';

const secrets = SECRETS.oauth;

/** Straight to IBKR with OAuth 1.0a, which logs itself in. */
export const oauth: KindDefinition = {
  unavailable: () => null,
  async check(entered, network, signal) {
    const input = secrets.parse(entered);
    await checkOAuthInput(input, network, signal);
    return input;
  },
  faults: (entered, network, signal) => oauthFaults(secrets.partial().parse(entered), network, signal),
  async open({ readSecrets, network }) {
    const input = secrets.parse(await readSecrets());
    const transport = oauthTransport(parseOAuthCredentials(input, network));
    return { transport, login: transport };
  },
  leavesByOurs: true,
  secretsIn: 'vault',
  isKeptAlive: true,
  logsItselfIn: true,
  acceptedWarnings: [],
};
