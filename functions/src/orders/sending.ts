/**
 * Sends what an intent holds, once, and writes down what IBKR says. Whoever calls has the intent in state `sending`
 * from a transaction that nobody else can have won.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import {
  getOrderStatus,
  modifyOrder,
  type OrderOutcome,
  placeOcaPair,
  placeOrder,
  replyToQuestion,
} from '../ibkr/orders.ts';
import { type OrderIntent, readRegister, type Warning } from '../store/order-intents.ts';
import { type Fate, queueAhead } from './decisions.ts';
import { type Desk, fateOf, jointFate, orderIdsOf, write } from './desk.ts';
import { followOrder } from './follow-order.ts';
import { intendedOrder, namedTickets } from './proposed-order.ts';
import { reconcile } from './reconciliation.ts';

/** Questions in a row after which something is wrong; three is the most that was seen of IBKR. */
const QUESTIONS_AT_MOST = 20;
/** About as long as one order takes. */
const TURN_TAKES_MS = 150;
/** What sending, and a look at what became of it, may take of a call's time. */
const SENDING_TAKES_MS = 8_000;

/** Sends the order of an intent. */
export function send(desk: Desk, intent: OrderIntent): Promise<OrderIntent> {
  const { accountId, ticket, modifies } = intendedOrder(intent);
  const [first, second] = namedTickets(intent);
  return attempt(desk, intent, () => {
    if (modifies !== undefined) return modifyOrder(desk.ibkr, accountId, modifies, ticket);
    return second === undefined
      ? placeOrder(desk.ibkr, accountId, first)
      : placeOcaPair(desk.ibkr, accountId, [first, second]);
  });
}

/** Says yes to the question that IBKR asked about the order of an intent. */
export function reply(desk: Desk, intent: OrderIntent, replyId: string): Promise<OrderIntent> {
  return attempt(desk, intent, () => sayYes(desk, intent, replyId));
}

/** Says no to a question about an order that is over here already. Without an answer it lapses by itself. */
export async function withdraw({ ibkr }: Desk, replyId: string): Promise<void> {
  try {
    await replyToQuestion(ibkr, replyId, false);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
}

function sayYes({ ibkr }: Desk, intent: OrderIntent, replyId: string): Promise<OrderOutcome> {
  // By the tickets, answers about an order with exits or a pair are told apart.
  const sent = intendedOrder(intent).modifies === undefined ? namedTickets(intent) : [];
  return replyToQuestion(ibkr, replyId, true, sent);
}

async function attempt(
  desk: Desk,
  intent: OrderIntent,
  act: () => Promise<OrderOutcome>,
): Promise<OrderIntent> {
  const accepted: Warning[] = [];
  try {
    await ownTurn(desk, intent.id);
    let outcome = await act();
    for (let asked = 0; outcome.kind === 'question' && asked < QUESTIONS_AT_MOST; asked++) {
      if (!isAccepted(desk, outcome)) break;
      accepted.push(...warningsOf(outcome));
      outcome = await sayYes(desk, intent, outcome.replyId);
    }
    return await record(desk, intent, outcome, accepted);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'order_state_unknown') {
      return lookUp(desk, intent, { note: error.message, acceptedWarnings: accepted });
    }
    // Every other error means that the order, or the answer to the question, never reached IBKR.
    await write(desk, intent.id, { state: 'not_placed', note: error.code, reason: error.message });
    throw unsent(intent, error);
  }
}

/** Waits for the orders of the connection that are to be sent before. */
async function ownTurn(desk: Desk, intentId: string): Promise<void> {
  for (;;) {
    const ahead = queueAhead(await readRegister(desk.db, desk.connectionId), intentId, new Date());
    if (ahead === 0) return;
    const wait = ahead * TURN_TAKES_MS;
    if (Date.now() + wait + SENDING_TAKES_MS > desk.ibkr.deadline) {
      throw new GatewayError(
        'not_placed',
        `${ahead} other orders of this connection are being sent first, which takes too long.`,
        'Place it again in a moment.',
      );
    }
    await delay(wait);
  }
}

/** The failure, told of the order that was not sent because of it. */
function unsent(intent: OrderIntent, error: GatewayError): GatewayError {
  const { modifies } = intendedOrder(intent);
  const what = modifies === undefined ? 'The order was not placed' : `Order ${modifies} was not changed`;
  const renamed = intent.clientOrderId === null ? '' : ' Then place it with another client_order_id.';
  return new GatewayError(error.code, `${what}: ${error.message}`, `${error.hint}${renamed}`, {
    cause: error,
    ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter }),
    details: { ...error.details, intent_id: intent.id, state: 'not_placed' },
  });
}

async function record(
  desk: Desk,
  intent: OrderIntent,
  outcome: OrderOutcome,
  acceptedWarnings: Warning[],
): Promise<OrderIntent> {
  switch (outcome.kind) {
    case 'accepted': {
      // Written down at once, which also lets the next order go out.
      const taken = await write(desk, intent.id, { ...acknowledged(outcome, intent), acceptedWarnings });
      const fate = await fateNow(desk, taken);
      return fate === null ? taken : write(desk, intent.id, fate);
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
    case 'expired': {
      const reason = 'IBKR’s question had lapsed before the yes reached it.';
      return lookUp(desk, intent, { note: outcome.kind, reason, acceptedWarnings });
    }
    default:
      // An answer that says neither yes nor no: only a look at IBKR's orders can tell.
      return lookUp(desk, intent, { note: outcome.kind, acceptedWarnings });
  }
}

async function lookUp(desk: Desk, intent: OrderIntent, fate: Omit<Fate, 'state'>): Promise<OrderIntent> {
  // The session may have taken long to open before the order left, and IBKR's question may be an old one.
  const sentAt = new Date(desk.ibkr.lastSentAt);
  return reconcile(desk, await write(desk, intent.id, { state: 'unknown', sentAt, ...fate }));
}

function acknowledged(
  { orderId, status, others, refusals }: Extract<OrderOutcome, { kind: 'accepted' }>,
  intent: OrderIntent,
): Fate {
  const isPair = namedTickets(intent).length > 1;
  const [other] = isPair ? others : [];
  return {
    state: 'working',
    ibkrOrderId: orderId,
    ...(other === undefined ? {} : { ocaOrderId: other.orderId }),
    notTaken: refusals,
    ibkrStatus: status,
    note: [`IBKR took it: ${status}`, ...refusals].join('; '),
  };
}

/** Null if it cannot be read just now, which must not look as though the order had failed. */
async function fateNow({ ibkr }: Desk, intent: OrderIntent): Promise<Fate | null> {
  const { accountId } = intendedOrder(intent);
  const fillsAtOnce = namedTickets(intent).some(({ orderType }) => orderType === 'MKT');
  const read = fillsAtOnce ? followOrder : getOrderStatus;
  try {
    return jointFate(
      await Promise.all(orderIdsOf(intent).map(async (id) => fateOf(await read(ibkr, accountId, id)))),
    );
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

type Question = Extract<OrderOutcome, { kind: 'question' }>;

/** Whether the owner accepts beforehand all that is asked: what has no id of its own is not known, and waits. */
function isAccepted({ acceptedWarnings }: Desk, { messages, messageIds }: Question): boolean {
  return (
    messageIds.length > 0 &&
    messageIds.length === messages.length &&
    messageIds.every((id) => acceptedWarnings.includes(id))
  );
}

function warningsOf({ messages, messageIds }: Question): Warning[] {
  const asked = messages.length > messageIds.length ? messages : messageIds;
  return Array.from(asked, (_, index) => {
    const id = messageIds[index] ?? null;
    return { id, text: messages[index] ?? `IBKR asks ${id} without words.` };
  });
}
