/** An order in words that need no broker's dictionary. */
import type { OrderContract, ProposedOrder, Ticket } from '@ibkr-gateway/functions/contract/orders/intent';
import { dateAndTime, money, number, withUnit } from '../numbers.ts';

export interface OrderWords {
  /** `Buy 10 NVDA` */
  what: string;
  /** `at market, today only` */
  how: string;
  /** What else belongs to it, a sentence each. */
  also: string[];
}

export function orderWords({ oca, ...order }: ProposedOrder): OrderWords {
  const { contract, ticket } = order;
  const { currency, priceUnit, symbol, secType, description } = contract;
  const price = (amount: number | undefined) => money(amount ?? null, priceUnit ?? currency);
  const amount =
    ticket.quantity === undefined
      ? `${money(ticket.cashQuantity ?? null, currency)} of ${symbol}`
      : `${number(ticket.quantity)} ${description ?? `${symbol}${unitOf(secType, ticket)}`}`;
  return {
    what: `${ticket.side === 'BUY' ? 'Buy' : 'Sell'} ${amount}`,
    how: [priceWords(ticket, price), durationWords(ticket)].join(', '),
    also: [
      ...(oca === undefined ? [] : [pairWords({ ...order, ticket: oca })]),
      ...alsoWords(contract, ticket, price),
    ],
  };
}

/** `Buy 10 NVDA`, `Change an order to: Buy 10 NVDA`: of what somebody asks for. */
export function requestWords(order: ProposedOrder): string {
  const { what } = orderWords(order);
  return order.modifies === undefined ? what : `Change an order to: ${what}`;
}

function pairWords(other: ProposedOrder): string {
  const { what, how } = orderWords(other);
  return `Or else: ${what} ${how}. When one of the two fills, the other is cancelled.`;
}

type Price = (amount: number | undefined) => string;

function unitOf(secType: string, { legs, quantity }: Ticket): string {
  const many = quantity === 1 ? '' : 's';
  if (legs !== undefined) return ` combo${many}`;
  return ['OPT', 'FOP', 'FUT', 'WAR'].includes(secType) ? ` ${secType} contract${many}` : '';
}

function limitWords({ side, limitPrice, legs }: Ticket, price: Price): string {
  const bringsMoney = legs !== undefined && limitPrice !== undefined && limitPrice < 0;
  if (bringsMoney && side === 'BUY') return `for at least ${price(-limitPrice)} received each`;
  return `for ${side === 'BUY' ? 'at most' : 'at least'} ${price(limitPrice)} each`;
}

function priceWords(ticket: Ticket, price: Price): string {
  const { side, orderType, limitPrice, stopPrice } = ticket;
  const limit = limitWords(ticket, price);
  const cap = limitPrice === undefined ? '' : `, ${limit}`;
  switch (orderType) {
    case 'MKT':
      return 'at market';
    case 'LMT':
      return limit;
    case 'STP':
      return `at market once the price ${side === 'BUY' ? 'rises' : 'falls'} to ${price(stopPrice)}`;
    case 'STP_LIMIT':
      return `${limit} once the price ${side === 'BUY' ? 'rises' : 'falls'} to ${price(stopPrice)}`;
    case 'MIT':
      return `at market once the price ${side === 'BUY' ? 'falls' : 'rises'} to ${price(stopPrice)}`;
    case 'LIT':
      return `${limit} once the price ${side === 'BUY' ? 'falls' : 'rises'} to ${price(stopPrice)}`;
    case 'TRAIL':
      return `at market once the price ${turn(ticket, price)}`;
    case 'TRAIL_LIMIT':
      return `with a limit that starts at ${price(limitPrice)} once the price ${turn(ticket, price)}`;
    case 'MIDPRICE':
      return `midway between bid and ask${cap}`;
    case 'MOC':
      return 'at the closing price';
    case 'LOC':
      return `at the closing price, ${limit}`;
    default:
      return `as a ${orderType} order${cap}`;
  }
}

function turn({ side, trailingAmount, trailingPercent, stopPrice }: Ticket, price: Price): string {
  const by = trailingPercent === undefined ? price(trailingAmount) : withUnit(number(trailingPercent), '%');
  const start = stopPrice === undefined ? '' : ` (at first at ${price(stopPrice)})`;
  return `${side === 'BUY' ? `rises ${by} above its lowest` : `falls ${by} below its highest`}${start}`;
}

function durationWords({ tif, goodTillDate }: Ticket): string {
  switch (tif) {
    case 'DAY':
      return 'today only';
    case 'GTC':
      return 'until it fills or is cancelled';
    case 'IOC':
      return 'at once: what does not fill is cancelled';
    case 'FOK':
      return 'all of it at once, or nothing';
    case 'OPG':
      return 'when the market opens';
    case 'GTD':
      return goodTillDate === undefined ? 'until a set date' : `until ${dateAndTime(goodTillDate)}`;
    default:
      return tif;
  }
}

function alsoWords(contract: OrderContract, ticket: Ticket, price: Price): string[] {
  const { outsideRth, takeProfit, stopLoss, legs } = ticket;
  const exits = stopLoss?.limitPrice === undefined ? '' : ` with a limit of ${price(stopLoss.limitPrice)}`;
  return [
    ...(legs ?? []).map(
      ({ conid, ratio }, index) =>
        `Each combo: ${ratio > 0 ? 'buy' : 'sell'} ${Math.abs(ratio)} ${contract.legs?.[index]?.description ?? `of contract ${conid}`}.`,
    ),
    ...(outsideRth ? ['It may also fill outside regular hours.'] : []),
    ...(takeProfit ? [`Once filled, it takes profit at ${price(takeProfit.limitPrice)}.`] : []),
    ...(stopLoss ? [`Once filled, it stops the loss at ${price(stopLoss.stopPrice)}${exits}.`] : []),
  ];
}
