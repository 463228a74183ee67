/** An order with every choice made: what is shown, approved, hashed and sent is exactly this. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OrderTicket } from '../ibkr/orders.ts';
import type { OrderIntent } from '../store/order-intents.ts';

export interface ProposedOrder {
  accountId: string;
  contract: { conid: number; symbol: string; secType: string; currency: string };
  ticket: Omit<OrderTicket, 'clientOrderId'>;
  /** IBKR's id of the working order that this one takes the place of. */
  modifies?: string;
}

/** The order as text with its keys in order, so that equal orders are equal texts. */
export function orderText(order: ProposedOrder): string {
  return JSON.stringify(order, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** SHA-256 in hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const storedOrder = z.object({
  accountId: z.string(),
  contract: z.object({ conid: z.number(), symbol: z.string(), secType: z.string(), currency: z.string() }),
  ticket: z.looseObject({ conid: z.number() }),
  modifies: z.string().optional(),
});

/** The order of an intent, as it was when the intent was written. */
export function intendedOrder(intent: OrderIntent): ProposedOrder {
  return storedOrder.parse(JSON.parse(intent.order)) as unknown as ProposedOrder;
}

/** The order in words: `BUY 10 NVDA MKT DAY`. */
export function orderSentence({ contract, ticket, modifies }: ProposedOrder): string {
  const amount = ticket.quantity ?? `${ticket.cashQuantity} ${contract.currency} of`;
  const prices = [
    ...(ticket.limitPrice === undefined ? [] : [`limit ${ticket.limitPrice}`]),
    ...(ticket.stopPrice === undefined ? [] : [`stop ${ticket.stopPrice}`]),
  ];
  const subject = modifies === undefined ? [] : [`change order ${modifies} to`];
  return [...subject, ticket.side, amount, contract.symbol, ticket.orderType, ...prices, ticket.tif].join(
    ' ',
  );
}
