/**
 * Sends what an intent holds, once, and writes down what IBKR says. Whoever calls has the intent in state `sending`
 * from a transaction that nobody else can have won.
 */
import { GatewayError } from '../errors.ts';
import type { IbkrClient } from '../ibkr/client.ts';
import {
  getOrderStatus,
  modifyOrder,
  type Order,
  type OrderOutcome,
  placeOrder,
  replyToQuestion,
} from '../ibkr/orders.ts';
import type { OrderIntent, Warning } from '../store/order-intents.ts';
import type { Fate } from './decisions.ts';
import { type Desk, fateOf, write } from './desk.ts';
import { followOrder } from './follow-order.ts';
import { intendedOrder } from './proposed-order.ts';
import { reconcile } from './reconciliation.ts';

/** Questions in a row after which something is wrong; three is the most that was seen of IBKR. */
const QUESTIONS_AT_MOST = 20;

/** Sends the order of an intent. */
export function send(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const { accountId, ticket, modifies } = intendedOrder(intent);
  return attempt(desk, intent, () =>
    modifies === undefined
      ? placeOrder(desk.ibkr, accountId, { ...ticket, clientOrderId: intent.cOID })
      : modifyOrder(desk.ibkr, accountId, modifies, ticket),
  );
}

/** Says yes to the question that IBKR asked about the order of an intent. */
export function reply(desk: Desk, intent: OrderIntent, replyId: string): Promise<OrderIntent> {
  return attempt(desk, intent, () => sayYes(desk, intent, replyId));
}

function sayYes({ ibkr }: Desk, intent: OrderIntent, replyId: string): Promise<OrderOutcome> {
  const { ticket, modifies } = intendedOrder(intent);
  // By the tickets, answers about an order with exits are told apart.
  const sent = modifies === undefined ? [{ ...ticket, clientOrderId: intent.cOID }] : [];
  return replyToQuestion(ibkr, replyId, true, sent);
}

async function attempt(
  desk: Desk,
  intent: OrderIntent,
  act: () => Promise<OrderOutcome>,
): Promise<OrderIntent> {
  const accepted: Warning[] = [];
  try {
    let outcome = await act();
    for (let asked = 0; outcome.kind === 'question' && asked < QUESTIONS_AT_MOST; asked++) {
      const warnings = warningsOf(outcome);
      if (!warnings.every(({ id }) => id !== null && desk.acceptedWarnings.includes(id))) break;
      accepted.push(...warnings);
      outcome = await sayYes(desk, intent, outcome.replyId);
    }
    return await record(desk, intent, outcome, accepted);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'order_state_unknown') {
      return lookUp(desk, intent, error.message, accepted);
    }
    // Every other error means that the order, or the answer to the question, never reached IBKR.
    await write(desk, intent.id, { state: 'not_placed', note: error.code, reason: error.message });
    throw error;
  }
}

async function record(
  desk: Desk,
  intent: OrderIntent,
  outcome: OrderOutcome,
  acceptedWarnings: Warning[],
): Promise<OrderIntent> {
  switch (outcome.kind) {
    case 'accepted': {
      const order = await statusOf(desk.ibkr, outcome.orderId, intent);
      const fate = order === null ? acknowledged(outcome) : fateOf(order);
      return write(desk, intent.id, { ...fate, acceptedWarnings });
    }
    case 'question': {
      const question = { replyId: outcome.replyId, warnings: warningsOf(outcome) };
      const note = `IBKR asks ${question.warnings.map(({ id }) => id ?? 'something').join(', ')}`;
      return write(desk, intent.id, { state: 'needs_reply', note, question, acceptedWarnings });
    }
    case 'rejected':
      return write(desk, intent.id, {
        state: 'rejected',
        note: 'IBKR refused it',
        reason: outcome.reason,
        acceptedWarnings,
      });
    default:
      // An answer that says neither yes nor no: only a look at IBKR's orders can tell.
      return lookUp(desk, intent, outcome.kind, acceptedWarnings);
  }
}

async function lookUp(
  desk: Desk,
  intent: OrderIntent,
  note: string,
  acceptedWarnings: Warning[],
): Promise<OrderIntent> {
  // The session may have taken long to open before the order left, and IBKR's question may be an old one.
  const sentAt = new Date(desk.ibkr.lastSentAt);
  return reconcile(desk, await write(desk, intent.id, { state: 'unknown', note, acceptedWarnings, sentAt }));
}

function acknowledged({ orderId, status }: { orderId: string; status: string }): Fate {
  return { state: 'working', ibkrOrderId: orderId, ibkrStatus: status, note: `IBKR took it: ${status}` };
}

/** Null if it cannot be read just now, which must not look as though the order had failed. */
async function statusOf(ibkr: IbkrClient, orderId: string, intent: OrderIntent): Promise<Order | null> {
  const fillsAtOnce = intendedOrder(intent).ticket.orderType === 'MKT';
  try {
    return await (fillsAtOnce ? followOrder(ibkr, orderId) : getOrderStatus(ibkr, orderId));
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

function warningsOf({ messages, messageIds }: { messages: string[]; messageIds: string[] }): Warning[] {
  return messages.map((text, index) => ({ id: messageIds[index] ?? null, text }));
}
