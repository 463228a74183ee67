/** The stop outside the chat: ends what waits, cancels what works, and goes on trying what it could not cancel. */
import type { Firestore } from 'firebase-admin/firestore';
import { GatewayError } from '../errors.ts';
import { getAccounts } from '../ibkr/accounts.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import { futuresOperator } from '../ibkr/order-ticket.ts';
import { cancelOrder, getLiveOrders } from '../ibkr/orders.ts';
import { listIntents, readRegister, tradingTransaction } from '../store/order-intents.ts';
import { notePanic } from '../store/panics.ts';
import { decline } from './decisions.ts';
import { isBeingCancelled, isOpen } from './order-state.ts';

export interface PanicReport {
  /** IBKR has the request to cancel. */
  cancelling: { orderId: string; accountId: string }[];
  /** IBKR would not or could not be asked: to be tried again. */
  failed: { orderId: string; accountId: string; reason: string }[];
  /** Why the orders could not even be listed, if they could not. */
  unlisted: string | null;
  /** Orders that may still fill or come to be; null when they could not be listed. The stop is over with 0. */
  remaining: number | null;
}

/**
 * Ends every order that waits for a yes, or for the answer to IBKR's question.
 * @returns how many there were, and what kept others from being ended. While trading is off, those are not sent either.
 */
export async function declineWaiting(
  db: Firestore,
  connectionId: string,
  by: string,
): Promise<{ declined: number; failures: unknown[] }> {
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
  return { declined: ends.filter(({ status }) => status === 'fulfilled').length, failures };
}

/** Asks IBKR to cancel every working order of every account of the login, and notes what is left of the stop. */
export async function cancelAllOrders(
  db: Firestore,
  connectionId: string,
  ibkr: IbkrClient,
): Promise<PanicReport> {
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
  try {
    const { accounts } = await getAccounts(ibkr);
    for (const { accountId } of accounts) await cancelOrdersOf(ibkr, accountId, report);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    report.unlisted = error.message;
  }
  return report;
}

/** One account after the other, since IBKR lists the orders of the selected one. */
async function cancelOrdersOf(
  ibkr: IbkrClient,
  accountId: string,
  { cancelling, failed }: Omit<PanicReport, 'remaining'>,
): Promise<void> {
  for (const { orderId, status, secType } of await getLiveOrders(ibkr, accountId)) {
    if (!isOpen(status)) continue;
    try {
      const options = { futuresOperator: futuresOperator(accountId, secType) };
      if (!isBeingCancelled(status)) await cancelOrder(ibkr, accountId, orderId, options);
      cancelling.push({ orderId, accountId });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      // Also what IBKR calls not cancellable: only the next list tells whether it is over.
      failed.push({ orderId, accountId, reason: error.message });
    }
  }
}
