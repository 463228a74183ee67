/** The stop outside the chat: ends what waits, cancels what works, and goes on trying what it could not cancel. */
import type { Firestore } from 'firebase-admin/firestore';
import { GatewayError } from '../errors.ts';
import { getAccounts } from '../ibkr/accounts.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import { futuresOperator } from '../ibkr/order-ticket.ts';
import { getLiveOrders } from '../ibkr/orders.ts';
import { listIntents, readRegister, tradingTransaction } from '../store/order-intents.ts';
import { notePanic } from '../store/panics.ts';
import { askToCancel } from './cancelling.ts';
import { decline } from './decisions.ts';
import { followOrder } from './follow-order.ts';
import { isBeingCancelled, isOpen } from './order-state.ts';
import { withdraw } from './sending.ts';

export interface PanicReport {
  /** IBKR has the request to cancel. */
  cancelling: { orderId: string; accountId: string }[];
  /** IBKR would not or could not be asked: to be tried again. */
  failed: { orderId: string; accountId: string; reason: string }[];
  /** Why the orders of an account could not even be listed, if they could not. */
  unlisted: string | null;
  /** Orders that may still fill or come to be; null when they could not be listed. The stop is over with 0. */
  remaining: number | null;
}

/**
 * Ends every order that waits for a yes, or for the answer to IBKR's question.
 * @returns how many there were, the questions that now need a no, and what kept others from being ended. While trading
 * is off, those are not sent either.
 */
export async function declineWaiting(
  db: Firestore,
  connectionId: string,
  by: string,
): Promise<{ declined: number; questions: string[]; failures: unknown[] }> {
  const waiting = await listIntents(db, connectionId, ['awaiting_approval', 'needs_reply']);
  const ends = await Promise.allSettled(
    waiting.map(({ id }) =>
      tradingTransaction(db, connectionId, id, (state) => decline(state, by, new Date())),
    ),
  );
  const failures = ends
    .flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    // It waits for nothing any more.
    .filter((reason) => !(reason instanceof GatewayError));
  const questions = waiting.flatMap(({ question }) => (question === null ? [] : [question.replyId]));
  return { declined: ends.filter(({ status }) => status === 'fulfilled').length, questions, failures };
}

/**
 * Asks IBKR to cancel every working order of every account of the login, and notes what is left of the stop.
 * @param questions Of IBKR, about orders that are over here: they get a no first.
 */
export async function cancelAllOrders(
  db: Firestore,
  connectionId: string,
  ibkr: IbkrClient,
  questions: readonly string[] = [],
): Promise<PanicReport> {
  await Promise.all(questions.map((replyId) => withdraw({ ibkr }, replyId)));
  // Read first: what is being sent at this moment may be missing from the list.
  const { register } = await readRegister(db, connectionId);
  const cancelled = await cancelListed(ibkr);
  const { cancelling, failed, unlisted } = cancelled;
  const underWay = Object.keys(register.open).length;
  const remaining = unlisted === null ? cancelling.length + failed.length + underWay : null;
  await notePanic(db, connectionId, remaining);
  return { ...cancelled, remaining };
}

async function cancelListed(ibkr: IbkrClient): Promise<Omit<PanicReport, 'remaining'>> {
  const report: Omit<PanicReport, 'remaining'> = { cancelling: [], failed: [], unlisted: null };
  await noting(report, async () => {
    const { accounts, unread } = await getAccounts(ibkr);
    if (unread.length > 0) report.unlisted = UNREADABLE_ACCOUNT;
    for (const { accountId } of accounts) {
      await noting(report, () => cancelOrdersOf(ibkr, accountId, report));
    }
  });
  return report;
}

const UNREADABLE_ACCOUNT =
  'IBKR names an account of this login in a form that this service does not understand. See IBKR’s own app.';
const UNREADABLE =
  'IBKR lists an order in a form that this service does not understand, without an id to cancel it by. See IBKR’s own app.';

/** What cannot be listed keeps nothing else from being cancelled. */
async function noting(report: Pick<PanicReport, 'unlisted'>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    report.unlisted = error.message;
  }
}

/** One account after the other, since IBKR lists the orders of the selected one. */
async function cancelOrdersOf(
  ibkr: IbkrClient,
  accountId: string,
  report: Omit<PanicReport, 'remaining'>,
): Promise<void> {
  const { cancelling, failed } = report;
  const { orders, unread } = await getLiveOrders(ibkr, accountId);
  // Of an order that cannot be read, its id is enough to ask for an end of it.
  const readable = unread.flatMap(({ orderId, status, secType }) =>
    orderId === null ? [] : [{ orderId, status: status ?? '', secType: secType ?? '' }],
  );
  if (unread.some(({ orderId, status }) => orderId === null && isOpen(status ?? ''))) {
    report.unlisted = UNREADABLE;
  }
  for (const { orderId, status, secType } of [...orders, ...readable]) {
    if (!isOpen(status)) continue;
    try {
      const options = { futuresOperator: futuresOperator(accountId, secType) };
      const isAsked =
        isBeingCancelled(status) ||
        (await askToCancel(ibkr, accountId, orderId, options)) ||
        !isOpen((await followOrder(ibkr, accountId, orderId)).status);
      if (isAsked) cancelling.push({ orderId, accountId });
      else failed.push({ orderId, accountId, reason: 'No answer came to the request to cancel it.' });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      // Also what IBKR calls not cancellable: only the next list tells whether it is over.
      failed.push({ orderId, accountId, reason: error.message });
    }
  }
}
