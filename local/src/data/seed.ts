import { type Firestore, Firestore as FirestoreClient } from 'firebase-admin/firestore';
import { connectionFrom, createConnection } from '../../../functions/src/store/connections.ts';
import { hashApiKey } from '../../../functions/src/store/credentials/api-key-format.ts';
import { apiKeyFrom, createApiKey } from '../../../functions/src/store/credentials/api-keys.ts';
import { saveUser } from '../../../functions/src/store/users.ts';
import { SANDBOX_WARNINGS } from '../../../functions/src/trading/domain/accepted-warnings.ts';
import { skipMetadataServer } from '../config.ts';
import { PROJECT_ID } from '../emulators.ts';
import type { Demo } from './demo-file.ts';

const DEMO_USER = { uid: 'demo', email: 'demo@example.com', name: 'Demo Trader' };

export type Seeded = Pick<Demo, 'email' | 'uid' | 'connectionId' | 'apiKey'>;

/**
 * Makes sure there is a demo user with a sandbox connection and a key that works.
 *
 * @param previous what an earlier run made; kept as far as it is still valid.
 */
export async function seed(options: {
  authEmulator: string;
  firestoreEmulator: string;
  previous: Demo | undefined;
}): Promise<Seeded> {
  skipMetadataServer();
  const db = new FirestoreClient({ projectId: PROJECT_ID, host: options.firestoreEmulator, ssl: false });
  try {
    await signUp(options.authEmulator);
    const { uid, email } = DEMO_USER;
    await saveUser(db, { uid, email });
    return { uid, email, ...(await connectionWithKey(db, uid, options.previous)) };
  } catch (error) {
    throw new Error(
      `The demo account could not be prepared: ${(error as Error).message}\n` +
        'If the data comes from another version, begin anew with "npm start -- --fresh".',
      { cause: error },
    );
  } finally {
    await db.terminate();
  }
}

/** Creates the demo user in the Auth emulator, as someone who came with Google, unless already there. */
async function signUp(authEmulator: string): Promise<void> {
  const accounts = `http://${authEmulator}/identitytoolkit.googleapis.com/v1/projects/${PROJECT_ID}/accounts`;
  const { uid: localId, email, name: displayName } = DEMO_USER;
  const { users } = await post<{ users?: object[] }>(`${accounts}:lookup`, { localId: [localId] });
  if (users?.length) return;
  const google = { providerId: 'google.com', rawId: 'demo-google-id', email, displayName };
  const { error } = await post<{ error?: object[] }>(`${accounts}:batchCreate`, {
    users: [{ localId, email, emailVerified: true, displayName, providerUserInfo: [google] }],
  });
  if (error?.length) throw new Error(`The Auth emulator refused the demo user: ${JSON.stringify(error)}`);
}

async function post<Answer>(url: string, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    // The emulator's word for an administrator.
    headers: { Authorization: 'Bearer owner', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function connectionWithKey(
  db: Firestore,
  ownerUid: string,
  previous: Demo | undefined,
): Promise<Pick<Demo, 'connectionId' | 'apiKey'>> {
  const connection = previous && connectionFrom(await db.doc(`connections/${previous.connectionId}`).get());
  if (!previous || connection?.ownerUid !== ownerUid) {
    const created = await createConnection(db, {
      ownerUid,
      kind: 'sandbox',
      mode: 'paper',
      label: 'Sandbox',
      acceptedWarnings: [...SANDBOX_WARNINGS],
    });
    return { connectionId: created.connection.id, apiKey: created.key.apiKey };
  }
  const key = apiKeyFrom(await db.doc(`apiKeys/${hashApiKey(previous.apiKey)}`).get());
  const expired = key?.expiresAt != null && key.expiresAt < new Date();
  const usable = key?.connectionId === connection.id && key.revokedAt === null && !expired;
  if (usable) return { connectionId: connection.id, apiKey: previous.apiKey };
  const { apiKey } = await createApiKey(db, { connection, label: 'Default', scope: 'write' });
  return { connectionId: connection.id, apiKey };
}
