/** An order with every choice made: what is shown, approved, hashed and sent is exactly this. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Derivative } from '../../broker/contracts/derivative.ts';
import type { OrderTicket } from '../../broker/orders/orders.ts';
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

const storedOrder = z.object({
  accountId: z.string(),
  contract: z.looseObject({
    conid: z.number(),
    symbol: z.string(),
    secType: z.string(),
    currency: z.string(),
  }),
  ticket: z.looseObject({ conid: z.number() }),
  oca: z.looseObject({ conid: z.number() }).optional(),
  modifies: z.string().optional(),
  changes: z.array(z.enum(['tif', 'endDate', 'trail'])).optional(),
});

/** The order of an intent, as it was when the intent was written. */
export function intendedOrder(intent: OrderIntent): ProposedOrder {
  return storedOrder.parse(JSON.parse(intent.order)) as unknown as ProposedOrder;
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

/**
 * The order in words, with the account it is for: `BUY 10 NVDA LMT limit 170 DAY, take profit 190, in U1234567`. It says
 * all that decides what is bought or sold, at which price, for how long and where: this is what a yes is said to.
 */
export function orderSentence(order: ProposedOrder): string {
  const parts = partsOf(order);
  return `${parts.join(', ')}${parts.length > 1 ? ',' : ''} in ${order.accountId}`;
}

/** `orderSentence` without the account, for where no account number may stand. */
export function orderWords(order: ProposedOrder): string {
  return partsOf(order).join(', ');
}

type Ticket = ProposedOrder['ticket'];

function partsOf({ contract, ticket, oca, modifies }: ProposedOrder): string[] {
  const [order = '', ...further] = ticketParts(contract, ticket);
  return [
    modifies === undefined ? order : `change order ${modifies} to ${order}`,
    ...further,
    ...(oca === undefined ? [] : [`one cancelling the other with ${ticketParts(contract, oca).join(', ')}`]),
  ];
}

function ticketParts(contract: OrderedContract, ticket: Ticket): string[] {
  const { side, quantity, cashQuantity, orderType } = ticket;
  const amount = quantity ?? `${cashQuantity} ${contract.currency} of`;
  const subject = [instrumentWords(contract, ticket), ...listingWords(contract, ticket)].join(' ');
  const order = [side, amount, subject, orderType, ...priceWords(contract, ticket), durationWords(ticket)];
  return [order.join(' '), ...furtherWords(ticket)];
}

/** Where IBKR lists US stocks, in its own names. */
const US_EXCHANGES = ['NASDAQ', 'NYSE', 'ARCA', 'AMEX', 'BATS', 'PINK', 'IEX', 'NMS', 'SMART'];

/** `(MEXI, MXN)` of what is not the US listing that a bare symbol means. */
function listingWords(
  { exchange, currency, secType, derivative }: OrderedContract,
  ticket: Ticket,
): string[] {
  if (secType === 'CASH') return [];
  const venue = ticket.legs === undefined ? exchange : ticket.exchange;
  const isUsual =
    venue == null || derivative !== undefined || (currency === 'USD' && US_EXCHANGES.includes(venue));
  const words = [...(isUsual ? [] : [venue]), ...(currency === 'USD' ? [] : [currency])];
  return words.length === 0 ? [] : [`(${words.join(', ')})`];
}

function priceWords({ priceUnit }: OrderedContract, ticket: Ticket): string[] {
  const { limitPrice, stopPrice, trailingAmount, trailingPercent } = ticket;
  const unit = priceUnit === undefined ? '' : ` ${priceUnit}`;
  return [
    ...(limitPrice === undefined ? [] : [`limit ${limitPrice}${unit}`]),
    ...(stopPrice === undefined ? [] : [`stop ${stopPrice}${unit}`]),
    ...(trailingAmount === undefined ? [] : [`trailing ${trailingAmount}${unit}`]),
    ...(trailingPercent === undefined ? [] : [`trailing ${trailingPercent} %`]),
  ];
}

function durationWords({ tif, goodTillDate }: Ticket): string {
  return goodTillDate === undefined ? tif : `${tif} until ${goodTillDate}`;
}

function furtherWords({ outsideRth, takeProfit, stopLoss }: Ticket): string[] {
  const lossLimit = stopLoss?.limitPrice === undefined ? '' : ` (limit ${stopLoss.limitPrice})`;
  return [
    ...(outsideRth === true ? ['also outside regular hours'] : []),
    ...(takeProfit === undefined ? [] : [`take profit ${takeProfit.limitPrice}`]),
    ...(stopLoss === undefined ? [] : [`stop loss ${stopLoss.stopPrice}${lossLimit}`]),
  ];
}

/** `NVDA`, `AAPL 2026-06-18 190 call`, `AAPL combo (buy 1 AAPL … call, sell 1 AAPL … call)`. */
function instrumentWords({ symbol, description, legs = [] }: OrderedContract, ticket: Ticket): string {
  if (ticket.legs === undefined) return description ?? symbol;
  const words = ticket.legs.map(({ conid, ratio }, index) => {
    const leg = legs[index]?.description ?? `contract ${conid}`;
    return `${ratio > 0 ? 'buy' : 'sell'} ${Math.abs(ratio)} ${leg}`;
  });
  return `${symbol} combo (${words.join(', ')})`;
}
