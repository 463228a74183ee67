/** An order with every choice made: what is shown, approved, hashed and sent is exactly this. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import { ORDER_TYPES, TIMES_IN_FORCE } from '../../broker/order-types.ts';
import type { OrderTicket } from '../../broker/orders/orders.ts';
import { proposedOrder, ticket } from '../../contract/orders/intent.ts';
import { orderSentence } from '../../contract/orders/order-sentence.ts';
import type { OrderIntent } from './intent.ts';

/** What an order is for. */
export interface OrderedContract {
  /** Of a combo: the conid IBKR keeps all combos of a currency under. */
  conid: number;
  /** Of a derivative: the symbol of its underlying. */
  symbol: string;
  /** `STK`, `OPT`, `FUT`, …; `BAG` for combos. */
  secType: string;
  /** Of money; prices may be in a hundredth of it. */
  currency: string;
  /** How many units of a price are one of the currency, where that is not 1; null where IBKR does not say. */
  priceMagnifier?: number | null;
  /** A short name of that unit, such as `GBX`. */
  priceUnit?: string;
  /** Where it is listed, by IBKR's name; null where IBKR names none. */
  exchange?: string | null;
  /** Whose it is: `APPLE INC`. */
  companyName?: string | null;
  derivative?: Derivative;
  /** Of a derivative: which one, in words. */
  description?: string;
  /** Of a combo, in the order of its ticket's legs. */
  legs?: readonly OrderedContract[];
}

export interface ProposedOrder {
  accountId: string;
  contract: OrderedContract;
  ticket: Omit<OrderTicket, 'clientOrderId'>;
  /** A second order on the same contract: when one of the two fills, IBKR cancels the other. */
  oca?: Omit<OrderTicket, 'clientOrderId'>;
  /** IBKR's id of the working order that this one takes the place of. */
  modifies?: string;
  /** Of a change: what it changes beside quantity and prices. IBKR shows neither trail nor end date of a working order. */
  changes?: readonly ('tif' | 'endDate' | 'trail')[];
  /** It closes a position, wholly or in part: its app's other open orders on the contract go first. */
  closes?: true;
}

/** The order as text, so that equal orders are equal texts. */
export function orderText(order: ProposedOrder): string {
  return canonicalText(order);
}

/** JSON with its keys in order; `undefined` as a value is no value. */
export function canonicalText(content: unknown): string {
  const text = JSON.stringify(content, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return text ?? '';
}

/** SHA-256 in hex. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const storedTicket = ticket.extend({ orderType: z.enum(ORDER_TYPES), tif: z.enum(TIMES_IN_FORCE) });

/** All of an order: nothing is sent that this version does not understand. */
const storedOrder = proposedOrder.extend({ ticket: storedTicket, oca: storedTicket.exactOptional() });

/** The order of an intent, as it was when the intent was written. */
export function intendedOrder({ order }: Pick<OrderIntent, 'order'>): ProposedOrder {
  return storedOrder.parse(JSON.parse(order));
}

/** Whether an intent is to change a working order. */
export function isChange({ order }: Pick<OrderIntent, 'order'>): boolean {
  return 'modifies' in JSON.parse(order);
}

/** The tickets of an intent under the names that IBKR knows them by: one, or two of which one cancels the other. */
export function namedTickets(intent: OrderIntent): [OrderTicket] | [OrderTicket, OrderTicket] {
  const { ticket, oca } = intendedOrder(intent);
  const first = { ...ticket, clientOrderId: intent.cOID };
  return oca === undefined ? [first] : [first, { ...oca, clientOrderId: `${intent.cOID}-2` }];
}

/** The intent of an order that IBKR knows by this name; null for orders from elsewhere. */
export function intentNamed(clientOrderId: string | null): string | null {
  return /^ig-(.+?)(-2)?$/.exec(clientOrderId ?? '')?.[1] ?? null;
}

/** What somebody wanted to order, in words: `orderSentence` with what was known when it was asked for. */
export function intentSentence(intent: Pick<OrderIntent, 'order' | 'held' | 'accountMode'>): string {
  const { held, accountMode: mode } = intent;
  return orderSentence(intendedOrder(intent), { held, mode });
}
