/** The stop outside the chat: cancels what works, and goes on trying what it could not cancel. */
import type { Firestore } from 'firebase-admin/firestore';
import { GatewayError } from '../errors.ts';
import { getAccounts } from '../ibkr/accounts.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import { cancelOrder, getLiveOrders } from '../ibkr/orders.ts';
import { listIntents, tradingTransaction } from '../store/order-intents.ts';
import { decline } from './decisions.ts';
import { isBeingCancelled, isOpen } from './order-state.ts';

export interface PanicReport {
  /** IBKR has the request to cancel. */
  cancelling: { orderId: string; accountId: string }[];
  /** IBKR would not or could not be asked: to be tried again. */
  failed: { orderId: string; accountId: string; reason: string }[];
  /** Why the orders could not even be listed, if they could not. */
  unlisted: string | null;
}

/** Whether nothing was left to cancel: the orders were listed, and none of them may still fill. */
export function isCalm({ cancelling, failed, unlisted }: PanicReport): boolean {
  return unlisted === null && cancelling.length === 0 && failed.length === 0;
}

/** Ends every order that waits for a yes. @returns how many there were. */
export async function declineWaiting(db: Firestore, connectionId: string, by: string): Promise<number> {
  const waiting = await listIntents(db, connectionId, ['awaiting_approval']);
  const declined = await Promise.allSettled(
    waiting.map(({ id }) =>
      tradingTransaction(db, connectionId, id, (state) => decline(state, by, new Date())),
    ),
  );
  return declined.filter(({ status }) => status === 'fulfilled').length;
}

/** Asks IBKR to cancel every working order of every account of the login. */
export async function cancelAllOrders(ibkr: IbkrClient): Promise<PanicReport> {
  const report: PanicReport = { cancelling: [], failed: [], unlisted: null };
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
async function cancelOrdersOf(ibkr: IbkrClient, accountId: string, report: PanicReport): Promise<void> {
  for (const { orderId, status } of await getLiveOrders(ibkr, accountId)) {
    if (!isOpen(status)) continue;
    try {
      if (!isBeingCancelled(status)) await cancelOrder(ibkr, accountId, orderId);
      report.cancelling.push({ orderId, accountId });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      // Also what IBKR calls not cancellable: only the next list tells whether it is over.
      report.failed.push({ orderId, accountId, reason: error.message });
    }
  }
}
