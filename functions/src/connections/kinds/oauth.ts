import {
  checkOAuthInput,
  oauthFaults,
  parseOAuthCredentials,
} from '../../broker/transport/oauth-credentials.ts';
import { oauthTransport } from '../../broker/transport/oauth-transport.ts';
import { oauthSecrets } from '../../contract/connection.ts';
import type { KindDefinition } from './kind.ts';

/** Straight to IBKR with OAuth 1.0a, which logs itself in. */
export const oauth: KindDefinition = {
  isAvailable: () => true,
  async check(entered, network, signal) {
    const input = oauthSecrets.parse(entered);
    await checkOAuthInput(input, network, signal);
    return input;
  },
  faults: (entered, network, signal) => oauthFaults(oauthSecrets.partial().parse(entered), network, signal),
  async open({ readSecrets, network }) {
    const input = oauthSecrets.parse(await readSecrets());
    const transport = oauthTransport(parseOAuthCredentials(input, network));
    return { transport, login: transport };
  },
  isKeptAlive: true,
  logsItselfIn: true,
  acceptedWarnings: [],
};
