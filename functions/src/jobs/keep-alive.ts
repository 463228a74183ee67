/** One task: keeps sessions from idling out, and opens those again that the night has ended. */

import { getAccounts } from '../broker/accounts/accounts.ts';
import { warmUp } from '../broker/orders/warm-lists.ts';
import type { IbkrClient } from '../broker/session/client.ts';
import { inWords } from '../connections/broker-words.ts';
import { KINDS } from '../connections/kinds/index.ts';
import { type IbkrAccess, ibkrClient } from '../connections/pool.ts';
import type { SessionState } from '../contract/session-states.ts';
import { type ErrorCode, GatewayError } from '../errors.ts';
import * as logger from '../http/logging/logger.ts';
import { isActiveUser } from '../http/users/active-user.ts';
import type { Service } from '../service.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import type { Connection } from '../store/connections.ts';
import { findKeepAlive, type KeepAliveTurn, planKeepAlive, stopKeepAlive } from '../store/keep-alives.ts';
import { sessionStateAfter } from '../tools/accounts/get-connection-status.ts';
import { recordBySchedule } from './schedule-acts.ts';

type KeepAliveAccess = IbkrAccess & AuditStorage & Pick<Service, 'allowedEmails'>;

const DAY_MS = 86_400_000;
/**
 * IBKR ends a session after about six minutes without a call. The schedule's minute and the spread of its tasks come on
 * top of this.
 */
const INTERVAL_MS = 4 * 60_000;
/** Doubled with every failure in a row. */
const RETRY_MS = 60_000;
/** A session that needs a person is still looked at this often: the person may have come. */
const LONGEST_INTERVAL_MS = 3_600_000;

/** Keeps the sessions of these connections alive, side by side. What fails for one is logged and keeps no other back. */
export async function keepAllAlive(
  access: KeepAliveAccess,
  connectionIds: readonly string[],
  now: Date,
): Promise<void> {
  await Promise.all(
    connectionIds.map((connectionId) =>
      keepAlive(access, connectionId, now).catch((error: unknown) => {
        logger.log('session_upkeep_failed', { connectionId, error });
      }),
    ),
  );
}

/**
 * Tickles the session of a connection and plans the next time: in four minutes if it is well, later and later if it
 * is not. Does nothing where it is not the session's turn: tasks come late, and more than once. Never takes a session
 * over, and does not give up before the connection was unused for 24 hours, or its owner's account is disabled or gone.
 */
export async function keepAlive(access: KeepAliveAccess, connectionId: string, now: Date): Promise<void> {
  const found = await findKeepAlive(access.db, connectionId);
  if (found === null) return;
  const { connection } = found;
  const isUnused = connection === null || now.getTime() - found.lastUsedAt.getTime() > DAY_MS;
  if (isUnused || !(await isActiveUser(access, connection.ownerUid))) {
    const hasStopped = await stopKeepAlive(access.db, connectionId);
    if (connection !== null && hasStopped) {
      const why = isUnused ? UNUSED : 'The account of its owner is disabled or not invited any more.';
      await recordBySchedule(access, { at: new Date(), connection, act: 'session.leave', why });
    }
    return;
  }
  const at = new Date();
  const { trouble, wasOpened, warmedEpoch = null } = await lookAt(access, found, connection);
  if (wasOpened) {
    await recordBySchedule(access, { at, connection, act: 'session.open' });
  }
  const failures = trouble === null ? 0 : found.failures + 1;
  if (trouble !== null) logger.log('session_unwell', { connectionId, trouble, failures });
  const state = trouble === null ? 'connected' : sessionStateAfter(trouble);
  const needsPerson = !OPENS_BY_ITSELF.includes(state);
  // While IBKR does not answer it is not known whether what its owner was told of is over.
  const isNews = needsPerson ? !found.neededPerson : found.neededPerson && trouble === null;
  await planKeepAlive(access.db, connection, {
    at: nextTurn(now, failures),
    failures,
    trouble: trouble && { code: trouble, at: now.getTime() },
    warmedEpoch,
    news: isNews ? { needsPerson, state, at } : null,
  });
}

/** How a session stands that needs nobody to be well again. */
const OPENS_BY_ITSELF: readonly SessionState[] = ['connected', 'paused', 'unavailable'];

/** When a session is looked at again that was not well so many times in a row. */
export function nextTurn(now: Date, failures: number): Date {
  const interval = failures === 0 ? INTERVAL_MS : Math.min(RETRY_MS * 2 ** failures, LONGEST_INTERVAL_MS);
  return new Date(now.getTime() + interval);
}

/** What a session that does not open by itself is called when a tool meets it. */
const TROUBLE_OF_STATE = {
  signed_out: 'session_expired',
  competing: 'session_competing',
  credentials_rejected: 'credentials_rejected',
} as const;

const UNUSED = 'Nothing used the connection for 24 hours, so that its session is not kept open any more.';

interface Look {
  /** What is the matter with a session; null: nothing. */
  trouble: ErrorCode | null;
  /** Whether it had ended and was opened again. */
  wasOpened: boolean;
  /** The opening of the session whose lists were read; null or left out: none. */
  warmedEpoch?: number | null;
}

async function lookAt(access: IbkrAccess, { isWarm }: KeepAliveTurn, connection: Connection): Promise<Look> {
  try {
    const ibkr = await ibkrClient(access, connection);
    const { state } = await ibkr.keepAlive();
    if (state === 'open' && isWarm) return { trouble: null, wasOpened: false };
    const opensByItself =
      state === 'open' ||
      state === 'closed' ||
      (state === 'signed_out' && KINDS[connection.kind].logsItselfIn);
    if (!opensByItself) return { trouble: TROUBLE_OF_STATE[state], wasOpened: false };
    const { accounts } = await getAccounts(ibkr);
    const accountId = connection.currentAccountId ?? accounts[0]?.accountId;
    const wasOpened = state !== 'open';
    return { trouble: null, wasOpened, warmedEpoch: await warmLists(ibkr, accountId) };
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return { trouble: error.code, wasOpened: false };
    throw error;
  }
}

/** Who asks for a list next does not wait for a second answer; where this fails they do. */
async function warmLists(ibkr: IbkrClient, accountId: string | undefined): Promise<number | null> {
  if (accountId === undefined) return null;
  try {
    await warmUp(ibkr, accountId);
    return ibkr.sessionEpoch;
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError) return null;
    throw error;
  }
}
