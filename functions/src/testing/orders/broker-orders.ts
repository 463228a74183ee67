/** Test support: orders as the broker layer places them, in the first account of new sandboxes. */
import {
  type OrderOutcome,
  type OrderTicket,
  placeOrder,
  replyToQuestion,
} from '../../broker/orders/orders.ts';
import { firstAccount, newSandbox, type Sandbox } from '../sandbox.ts';

export const AAPL = 265598;

let tickets = 0;

/** A resting order, or what the fields make of it. */
export function ticket(fields: Partial<OrderTicket> = {}): OrderTicket {
  tickets += 1;
  return {
    conid: AAPL,
    side: 'BUY',
    quantity: 10,
    orderType: 'LMT',
    limitPrice: 1,
    tif: 'GTC',
    clientOrderId: `test-${tickets}`,
    ...fields,
  };
}

export async function sandboxWithAccount(): Promise<Sandbox & { accountId: string }> {
  const sandbox = newSandbox();
  return { ...sandbox, accountId: await firstAccount(sandbox.client()) };
}

/** Places an order and says yes to every question. */
export async function place(
  sandbox: Sandbox & { accountId: string },
  order: OrderTicket,
): Promise<OrderOutcome> {
  const client = sandbox.client();
  let outcome = await placeOrder(client, sandbox.accountId, order);
  for (let asked = 0; outcome.kind === 'question' && asked < 5; asked += 1) {
    outcome = await replyToQuestion(client, outcome.replyId, true, [order]);
  }
  return outcome;
}

/** @returns the id of an order that IBKR took. */
export async function placeAccepted(
  sandbox: Sandbox & { accountId: string },
  order: OrderTicket,
): Promise<string> {
  const outcome = await place(sandbox, order);
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome.orderId;
}
