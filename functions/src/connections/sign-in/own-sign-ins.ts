/** Signing in to IBKR in this very process, which has the keys to what people entered. */

import type { Firestore } from 'firebase-admin/firestore';
import { parseManagedCredentials } from '../../broker/sign-in/managed-credentials.ts';
import { letSignIn, managedSession } from '../../broker/sign-in/managed-login.ts';
import { SECRETS } from '../../contract/connection-kind.ts';
import { GatewayError } from '../../errors.ts';
import type { Network } from '../../network/public-address.ts';
import { readSecrets } from '../../store/connections.ts';
import { ownerName, signIns } from '../../store/sign-ins.ts';
import { unfinishedSignIn } from '../../store/unfinished-sign-ins.ts';
import type { Vault } from '../../store/vault/vault.ts';
import type { SignInService } from './sign-in-service.ts';

/**
 * @param vault Of the whole service: usernames are told apart by a key of its own.
 * @param signInVault Has the keys to passwords; undefined where the deployment has none.
 */
export function ownSignIns(
  { db, vault, signInVault }: { db: Firestore; vault: Vault; signInVault: Vault | undefined },
  network: Network,
): SignInService {
  const keys = () => {
    if (signInVault === undefined) throw noKeys();
    return signInVault;
  };
  const entered = async (connectionId: string) =>
    SECRETS.managed.parse(await readSecrets(db, keys(), connectionId, 'signInVault'));
  return {
    seal: async (place, value) => keys().seal(place, value),
    async signIn({ connectionId, mode, act }) {
      const input = await entered(connectionId);
      const credentials = parseManagedCredentials(input, mode === 'paper', network);
      return managedSession(credentials, {
        attempts: signIns(db, vault, input.username),
        connectionId,
        owner: await ownerName(db, vault, connectionId),
        unfinished: unfinishedSignIn(db, keys(), connectionId),
        act,
      });
    },
    async letTryAgain(connectionId) {
      const { username } = await entered(connectionId);
      const owner = await ownerName(db, vault, connectionId);
      await letSignIn(signIns(db, vault, username), connectionId, owner);
    },
  };
}

function noKeys(): GatewayError {
  return new GatewayError(
    'ibkr_unavailable',
    'This deployment cannot keep passwords: its operator has not set SIGN_IN_KEYS.',
    'Use another kind of connection, or ask the operator.',
  );
}
