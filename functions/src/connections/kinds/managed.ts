import { managedFaults, parseManagedCredentials } from '../../broker/sign-in/managed-credentials.ts';
import { managedTransport } from '../../broker/sign-in/managed-transport.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import { GatewayError } from '../../errors.ts';
import type { KindDefinition, Unavailable } from './kind.ts';

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
  async open({ connectionId, mode, managedSignIn, signIns, act }) {
    if (!managedSignIn) throw notHereError();
    const transport = managedTransport(() => signIns.signIn({ connectionId, mode, act }));
    return { transport, login: transport };
  },
  letTryAgain: ({ connectionId, signIns }) => signIns.letTryAgain(connectionId),
  leavesByOurs: true,
  secretsIn: 'signInVault',
  isKeptAlive: true,
  logsItselfIn: true,
  acceptedWarnings: [],
};

function notHereError(): GatewayError {
  return new GatewayError(
    'ibkr_unavailable',
    NOT_HERE.message,
    'Use another kind of connection, or ask the operator.',
  );
}
