/** How the sessions of connections stand, from what is stored: nothing here asks IBKR. */
import type { Firestore } from 'firebase-admin/firestore';
import { isPaperAccount } from '../broker/session/brokerage-accounts.ts';
import type { Connection } from '../store/connections.ts';
import { lastUses } from '../store/credential-use.ts';
import { type KnownSession, knownSessions } from '../store/sessions.ts';
import { sessionStateAfter } from '../tools/accounts/get-connection-status.ts';

export interface SessionStatus {
  /**
   * `connected`: open when it was last looked after. `idle`: opens again with the next call. `unused`: never opened.
   * `paused`: IBKR asked for fewer calls, until `until`. The others are those of `get_connection_status`.
   */
  state: ReturnType<typeof sessionStateAfter> | 'idle' | 'unused';
  /** Since when, in ISO 8601; null when that is not known. */
  since: string | null;
  until: string | null;
}

/** What the list of connections tells of each beside its settings. */
export interface ConnectionUse {
  session: SessionStatus;
  /** The endings of the account numbers that the login has; empty before the first session. */
  accounts: string[];
  /** When an app last called, in ISO 8601. */
  lastUsedAt: string | null;
}

const SHOWN_CHARACTERS = 3;

/** Of given connections of an owner, in their order. */
export async function connectionUses(
  db: Firestore,
  ownerUid: string,
  connections: readonly Connection[],
): Promise<ConnectionUse[]> {
  const ids = connections.map(({ id }) => id);
  const [sessions, uses] = await Promise.all([knownSessions(db, ids), lastUses(db, ownerUid)]);
  return connections.map((connection, index) => {
    const session = sessions[index];
    return {
      session: sessionStatus(connection, session, Date.now()),
      accounts: (session?.accountIds ?? []).map((id) => `••••${id.slice(-SHOWN_CHARACTERS)}`),
      lastUsedAt: uses.get(connection.id)?.toISOString() ?? null,
    };
  });
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
  // Nobody else uses a sandbox, and nothing ends its session.
  const isOpen = kind === 'sandbox' || session.isKeptAlive;
  return since(isOpen ? 'connected' : 'idle', session.openedAt);
}

function since(state: SessionStatus['state'], at: number | null): SessionStatus {
  return { state, since: at === null ? null : new Date(at).toISOString(), until: null };
}
