/**
 * The sentence of an order: all that decides what is bought or sold, at which price, for how long and where. It is what
 * a yes is said to, so that no two orders have the same one. Tools, pages, questions and messages all say this.
 */
import type { AccountMode } from '../connection-kind.ts';
import type { OrderContract, ProposedOrder, Ticket } from './intent.ts';

/** As much of an order as its sentence says; `accountId` is left out where no account number may stand. */
export type ToldOrder = Pick<ProposedOrder, 'ticket' | 'oca' | 'modifies' | 'closes'> & {
  contract: OrderContract;
  accountId?: string;
};

/** What is known beside the order itself. */
export interface Circumstances {
  mode?: AccountMode | null | undefined;
  /** What the account held of the instrument when the order was asked for, negative when short; null: not known. */
  held?: number | null | undefined;
  /** IBKR's id of the order that this one is an exit of. */
  exitOf?: string | null | undefined;
  /** IBKR's id of the order that this one cancels, or is cancelled by. */
  ocaWith?: string | null | undefined;
}

/** `SELL 5 TSLA MKT DAY, opens a short position of 5, in DU1234567 (paper)`. */
export function orderSentence(order: ToldOrder, circumstances: Circumstances = {}): string {
  const { contract, ticket, oca, modifies, closes, accountId } = order;
  const { mode, exitOf, ocaWith } = circumstances;
  const effect = modifies === undefined ? effectWords(contract, ticket, circumstances.held ?? null) : null;
  const asides = [
    ...asideWords(ticket),
    ...(exitOf == null ? [] : [`exit of order ${exitOf}`]),
    ...(ocaWith == null ? [] : [`one cancelling the other with order ${ocaWith}`]),
    ...(effect === null ? [] : [effect]),
    ...(closes === true && modifies === undefined
      ? ['after this app’s other open orders on it are cancelled']
      : []),
  ];
  const further = [
    ...exitWords(contract, ticket),
    ...(oca === undefined
      ? []
      : [
          `one cancelling the other with ${[ticketWords(contract, oca), ...asideWords(oca)].join(', ')}`,
          ...exitWords(contract, oca),
        ]),
  ];
  const change = modifies === undefined ? '' : `change order ${modifies} to `;
  const words = [[change + ticketWords(contract, ticket), ...asides].join(', '), ...further].join('; ');
  if (accountId === undefined) return words;
  const separator = further.length > 0 ? ';' : asides.length > 0 ? ',' : '';
  return `${words}${separator} in ${accountId}${mode == null ? '' : ` (${mode})`}`;
}

/** `orderSentence` for where no account number may stand. */
export function orderWords({ accountId: _, ...order }: ToldOrder, circumstances: Circumstances = {}): string {
  return orderSentence(order, circumstances);
}

function ticketWords(contract: OrderContract, ticket: Ticket): string {
  const { side, quantity, cashQuantity, orderType, exchange } = ticket;
  const amount = quantity ?? `${cashQuantity} ${contract.currency} of`;
  return [
    side,
    amount,
    instrumentWords(contract, ticket.legs),
    ...(exchange === undefined ? [] : [`at ${exchange}`]),
    orderType,
    ...priceWords(contract, ticket),
    durationWords(ticket),
  ].join(' ');
}

/** `NVDA`, `VOD (LSE, GBP)`, `AAPL 2026-06-18 190 call`, `AAPL combo (buy 1 AAPL … call, sell 1 AAPL … call)`. */
export function instrumentWords(contract: OrderContract, legs?: Ticket['legs']): string {
  return [nameWords(contract, legs), ...listingWords(contract)].join(' ');
}

function nameWords(contract: OrderContract, legs: Ticket['legs']): string {
  const { symbol, secType, currency, description } = contract;
  if (legs !== undefined) {
    const words = legs.map(({ conid, ratio }, index) => {
      const leg = contract.legs?.[index];
      const name = leg === undefined ? `contract ${conid}` : nameWords(leg, undefined);
      return `${ratio > 0 ? 'buy' : 'sell'} ${Math.abs(ratio)} ${name}`;
    });
    return `${symbol} combo (${words.join(', ')})`;
  }
  if (description !== undefined) return description;
  // IBKR may call a currency pair by its first currency alone, which is that of many pairs.
  if (secType === 'CASH') return symbol.includes('.') ? symbol : `${symbol}.${currency}`;
  return secType === 'STK' ? symbol : `${symbol} ${secType}`;
}

/** Where IBKR lists US stocks, in its own names. */
const US_EXCHANGES = ['NASDAQ', 'NYSE', 'ARCA', 'AMEX', 'BATS', 'PINK', 'IEX', 'NMS', 'SMART'];

/** `(MEXI, MXN)` of what is not the US listing that a bare symbol means. */
function listingWords({ exchange, currency, secType, description, legs }: OrderContract): string[] {
  if (secType === 'CASH') return [];
  const isUsual =
    exchange == null ||
    legs !== undefined ||
    (currency === 'USD' && (description !== undefined || US_EXCHANGES.includes(exchange)));
  const words = [...(isUsual ? [] : [exchange]), ...(currency === 'USD' ? [] : [currency])];
  return words.length === 0 ? [] : [`(${words.join(', ')})`];
}

function priceWords({ priceUnit, currency }: OrderContract, ticket: Ticket): string[] {
  const { limitPrice, stopPrice, trailingAmount, trailingPercent } = ticket;
  const unit = unitWords(priceUnit);
  return [
    ...(trailingAmount === undefined ? [] : [`${trailingAmount} ${priceUnit ?? currency}`]),
    ...(trailingPercent === undefined ? [] : [`${trailingPercent} %`]),
    ...(limitPrice === undefined ? [] : [`limit ${limitPrice}${unit}`]),
    ...(stopPrice === undefined ? [] : [`stop ${stopPrice}${unit}`]),
  ];
}

function unitWords(priceUnit: string | undefined): string {
  return priceUnit === undefined ? '' : ` ${priceUnit}`;
}

function durationWords({ tif, goodTillDate }: Pick<Ticket, 'tif' | 'goodTillDate'>): string {
  return goodTillDate === undefined ? tif : `${tif} until ${goodTillDate}`;
}

function asideWords({ outsideRth }: Ticket): string[] {
  return outsideRth === true ? ['also outside regular hours'] : [];
}

/** How long an exit lasts: as long as its order, or until tonight where that is over at once. */
export function exitTif(tif: string): string {
  return tif === 'IOC' || tif === 'FOK' || tif === 'OPG' ? 'DAY' : tif;
}

/** `when filled SELL 2 at 186 limit or 160 stop, GTC`. */
function exitWords({ priceUnit }: OrderContract, ticket: Ticket): string[] {
  const { side, quantity, takeProfit, stopLoss, tif } = ticket;
  const unit = unitWords(priceUnit);
  const lossLimit = stopLoss?.limitPrice === undefined ? '' : ` with limit ${stopLoss.limitPrice}${unit}`;
  const prices = [
    ...(takeProfit === undefined ? [] : [`${takeProfit.limitPrice}${unit} limit`]),
    ...(stopLoss === undefined ? [] : [`${stopLoss.stopPrice}${unit} stop${lossLimit}`]),
  ];
  if (prices.length === 0) return [];
  const what = `${side === 'BUY' ? 'SELL' : 'BUY'} ${quantity ?? 'what it traded'}`;
  return [
    `when filled ${what} at ${prices.join(' or ')}, ${durationWords({ ...ticket, tif: exitTif(tif) })}`,
  ];
}

/** What an order does to the position that is there; null where that is not known, or of a combo. */
export function effectWords(contract: OrderContract, ticket: Ticket, held: number | null): string | null {
  if (held === null || ticket.legs !== undefined || contract.secType === 'CASH') return null;
  const sign = ticket.side === 'BUY' ? 1 : -1;
  const isAgainst = held !== 0 && Math.sign(held) !== sign;
  const had = positionWords(held);
  if (ticket.quantity === undefined) {
    if (isAgainst) return `trades against the ${had} of ${size(held)}`;
    return held === 0 ? `opens a ${positionWords(sign)}` : `adds to the ${had} of ${size(held)}`;
  }
  const after = Number((held + sign * ticket.quantity).toFixed(8));
  if (held === 0) return `opens a ${positionWords(after)} of ${size(after)}`;
  if (!isAgainst) return `adds to the ${had} of ${size(held)}`;
  if (after === 0) return `closes the ${had} of ${size(held)}`;
  if (Math.sign(after) === Math.sign(held)) return `reduces the ${had} of ${size(held)} to ${size(after)}`;
  return `closes the ${had} of ${size(held)} and opens a ${positionWords(after)} of ${size(after)}`;
}

function positionWords(quantity: number): string {
  return quantity < 0 ? 'short position' : 'position';
}

function size(quantity: number): number {
  return Math.abs(quantity);
}
