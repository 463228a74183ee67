/** How the sessions of connections stand, from what is stored: nothing here asks IBKR. */

import type { Firestore } from 'firebase-admin/firestore';
import { isPaperAccount } from '../broker/session/brokerage-accounts.ts';
import { KINDS } from '../connections/kinds/index.ts';
import type { Connection as ConnectionAnswer, SessionStatus } from '../contract/connection.ts';
import type { Connection } from '../store/connections.ts';
import { findLastUses } from '../store/credentials/credential-use.ts';
import { findSessions, type KnownSession } from '../store/sessions.ts';
import { maskedAccount } from '../text/account-numbers.ts';
import { sessionStateAfter } from '../tools/accounts/get-connection-status.ts';

/** A connection, and what is told of it beside its settings. */
export interface UsedConnection extends Pick<ConnectionAnswer, 'session' | 'accounts' | 'lastUsedAt'> {
  connection: Connection;
}

/** How given connections of an owner are used, in their order. */
export async function usedConnections(
  db: Firestore,
  ownerUid: string,
  connections: readonly Connection[],
): Promise<UsedConnection[]> {
  const ids = connections.map(({ id }) => id);
  const [sessions, uses] = await Promise.all([findSessions(db, ids), findLastUses(db, ownerUid)]);
  return connections.map((connection, index) =>
    toUsedConnection(connection, sessions[index], uses.get(connection.id)),
  );
}

/** How a connection is used. */
export async function readConnectionUse(db: Firestore, connection: Connection): Promise<UsedConnection> {
  const [[session], uses] = await Promise.all([
    findSessions(db, [connection.id]),
    findLastUses(db, connection.ownerUid),
  ]);
  return toUsedConnection(connection, session, uses.get(connection.id));
}

function toUsedConnection(
  connection: Connection,
  session: KnownSession | undefined,
  lastUsedAt: Date | undefined,
): UsedConnection {
  return {
    connection,
    session: sessionStatus(connection, session, Date.now()),
    accounts: (session?.accountIds ?? []).map(maskedAccount),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

/** @param now in ms since 1970. */
export function sessionStatus(
  { kind, mode, pacedUntil }: Pick<Connection, 'kind' | 'mode' | 'pacedUntil'>,
  session: KnownSession | undefined,
  now: number,
): SessionStatus {
  if (session?.credentialsRejectedAt) return since('credentials_rejected', session.credentialsRejectedAt);
  if (pacedUntil !== null && pacedUntil > now) {
    return { state: 'paused', since: null, until: new Date(pacedUntil).toISOString() };
  }
  if (session?.trouble) return since(sessionStateAfter(session.trouble.code), session.trouble.at);
  if (session === undefined || session.openedAt === null) return since('unused', null);
  if (session.accountIds.some((id) => isPaperAccount(id) !== (mode === 'paper'))) {
    return since('wrong_mode', session.openedAt);
  }
  // What needs no keeping alive is never ended by anything.
  const isOpen = !KINDS[kind].isKeptAlive || session.isKeptAlive;
  return since(isOpen ? 'connected' : 'idle', session.openedAt);
}

function since(state: SessionStatus['state'], at: number | null): SessionStatus {
  return { state, since: at === null ? null : new Date(at).toISOString(), until: null };
}
