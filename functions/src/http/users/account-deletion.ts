/**
 * Deleting a person's account. First nothing acts for them any more, then all that is kept of them goes, then their
 * sign-in. It may be interrupted anywhere: whoever looks after it next goes on, and a last look comes when nothing that
 * was under way at the beginning can be any more.
 */
import { KINDS } from '../../connections/kinds/index.ts';
import { type IbkrAccess, ibkrClient } from '../../connections/pool.ts';
import { dueDeletions, findDeletion, noteBelongings, settleDeletion } from '../../store/account-deletions.ts';
import { type Connection, listConnections, turnTradingOff } from '../../store/connections.ts';
import { revokeAllCredentials } from '../../store/credentials/credentials.ts';
import { deleteRecords, findBelongings } from '../../store/personal-data.ts';
import * as logger from '../logging/logger.ts';
import { firebaseAuth } from './firebase-auth.ts';

/** What signing out at IBKR may take: it is a courtesy, and the login ends by itself within a day. */
const SIGN_OUT_MS = 8_000;
const MOST_A_RUN = 20;
/** Records that come meanwhile are few: nobody is signed in any more. */
const MOST_ROUNDS = 5;
/** Nothing more is begun after so long. */
const WORKS_FOR_MS = 25_000;

/** Goes on with the deletions that are due, and says of each that fails why; it is due again in a minute. */
export async function continueDeletions(access: IbkrAccess, now: Date): Promise<void> {
  const until = Date.now() + WORKS_FOR_MS;
  for (const uid of await dueDeletions(access.db, now, MOST_A_RUN)) {
    if (Date.now() > until) return;
    try {
      await continueDeletion(access, uid, now);
    } catch (error) {
      logger.log('account_deletion_failed', { uid, error });
    }
  }
}

/**
 * Goes on with the deletion of an account, from wherever it is.
 * @returns whether it is over: nothing is left, and nothing can come any more.
 */
export async function continueDeletion(access: IbkrAccess, uid: string, now: Date): Promise<boolean> {
  const { db } = access;
  if ((await findDeletion(db, uid)) === null) return true;
  await disableAccount(uid);
  const connections = await listConnections(db, uid);
  for (const { id } of connections) await turnTradingOff(db, id);
  await revokeAllCredentials(db, uid);
  await Promise.all(connections.map((connection) => signOutAtIbkr(access, connection)));
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const belongings = await findBelongings(db, uid);
    await noteBelongings(db, uid, belongings, now);
    const deletion = await findDeletion(db, uid);
    if (deletion === null) return true;
    await deleteRecords(db, deletion);
    // What came meanwhile is noted before it goes, as its parts are found by it.
    const { connectionIds, grantIds } = await findBelongings(db, uid);
    if (connectionIds.length > 0 || grantIds.length > 0) continue;
    await deleteAccount(uid);
    const isOver = await settleDeletion(db, deletion, now);
    if (isOver) logger.log('account_deleted', { uid });
    return isOver;
  }
  throw new Error('New records keep coming.');
}

/** From here on nobody is signed in as them, in any tab. */
async function disableAccount(uid: string): Promise<void> {
  const auth = await firebaseAuth();
  await ignoreGone(auth.updateUser(uid, { disabled: true }));
}

async function deleteAccount(uid: string): Promise<void> {
  const auth = await firebaseAuth();
  await ignoreGone(auth.deleteUser(uid));
}

async function ignoreGone(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'auth/user-not-found';
    if (!isGone) throw error;
  }
}

/** Ends the session that this service signed in to. A gateway that its owner signed in to is theirs. */
async function signOutAtIbkr(access: IbkrAccess, connection: Connection): Promise<void> {
  if (!KINDS[connection.kind].logsItselfIn) return;
  try {
    const ibkr = await ibkrClient(access, connection, SIGN_OUT_MS);
    await ibkr.logOut();
  } catch (error) {
    logger.log('session_unended', { connectionId: connection.id, error });
  }
}
