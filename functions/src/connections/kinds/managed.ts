import {
  type ManagedInput,
  managedFaults,
  parseManagedCredentials,
} from '../../broker/sign-in/managed-credentials.ts';
import { letSignIn, managedTransport } from '../../broker/sign-in/managed-login.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import { GatewayError } from '../../errors.ts';
import type { KindDefinition, Opening, Unavailable } from './kind.ts';

const secrets = SECRETS.managed;

const NOT_HERE: Unavailable = {
  code: 'managed_unavailable',
  message: 'This deployment does not sign in to IBKR for people: its operator has not set MANAGED_SIGN_IN.',
};

/** Signs in to IBKR with the owner's name, password and authenticator app. */
export const managed: KindDefinition = {
  unavailable: ({ managedSignIn }) => (managedSignIn ? null : NOT_HERE),
  async check(entered, network) {
    const input = secrets.parse(entered);
    parseManagedCredentials(input, true, network);
    return input;
  },
  faults: (entered, network) => managedFaults(secrets.partial().parse(entered), network),
  async open(opening) {
    if (!opening.managedSignIn) throw notHere();
    const { connectionId, mode, network, typedCode } = opening;
    const input = await entered(opening);
    const transport = managedTransport(parseManagedCredentials(input, mode === 'paper', network), {
      attempts: opening.signIns(input.username),
      connectionId,
      typedCode,
    });
    return { transport, login: transport };
  },
  async letTryAgain(opening) {
    const { username } = await entered(opening);
    await letSignIn(opening.signIns(username), opening.connectionId);
  },
  isKeptAlive: true,
  logsItselfIn: true,
  acceptedWarnings: [],
};

async function entered({ readSecrets }: Opening): Promise<ManagedInput> {
  return secrets.parse(await readSecrets());
}

function notHere(): GatewayError {
  return new GatewayError(
    'ibkr_unavailable',
    NOT_HERE.message,
    'Use another kind of connection, or ask the operator.',
  );
}
