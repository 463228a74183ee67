/** What IBKR refuses, said beforehand and by the name of the argument that has to change. */

import { takesTif } from '../contracts/contract-order-rules.ts';
import { hasExpired } from '../contracts/derivative.ts';
import { type OrderType, takesOutsideRth } from '../order-types.ts';
import { checkLegs } from './combo-rules.ts';
import { checkExits, checkPrices, isMultipleOf } from './order-price-rules.ts';
import { exitsOf, type OrderTicket, type TimeInForce } from './order-ticket.ts';
import type { OrderProblem, TicketContext } from './ticket-context.ts';

/**
 * Everything in an order that IBKR would refuse for its form; empty when nothing. Funds, permissions and the market
 * are IBKR's own to judge.
 */
export function ticketProblems(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  return [
    checkClientOrderId,
    checkContract,
    checkType,
    checkAmount,
    checkPrices,
    checkTif,
    checkOutsideRth,
    checkExits,
    checkLegs,
  ].flatMap((check) => check(ticket, facts));
}

const MAX_CLIENT_ORDER_ID = 64;

function checkClientOrderId({ clientOrderId }: OrderTicket): OrderProblem[] {
  if (clientOrderId.length >= 1 && clientOrderId.length <= MAX_CLIENT_ORDER_ID) return [];
  return [
    {
      field: 'client_order_id',
      problem: 'The client order id has a length IBKR does not take.',
      accepted: `1 to ${MAX_CLIENT_ORDER_ID} characters`,
    },
  ];
}

function checkContract(_: OrderTicket, { secType, expiry, now }: TicketContext): OrderProblem[] {
  const wrong = (problem: string, accepted: string): OrderProblem[] => [
    { field: 'conid', problem, accepted },
  ];
  if (secType === 'IND') return wrong('An index is not traded itself.', 'a fund, future or option on it');
  return hasExpired(expiry, now) ? wrong(`It expired on ${expiry}.`, 'a contract that still trades') : [];
}

const COMBO_TYPES: readonly OrderType[] = ['MKT', 'LMT'];

function checkType({ orderType, exchange, legs }: OrderTicket, facts: TicketContext): OrderProblem[] {
  const problems: OrderProblem[] = [];
  const taken = legs === undefined ? facts.rules?.orderTypes : COMBO_TYPES;
  if (taken !== undefined && taken.length > 0 && !taken.includes(orderType)) {
    problems.push({
      field: 'order_type',
      problem: `${legs === undefined ? 'This instrument' : 'A combo'} does not take ${orderType} orders.`,
      accepted: taken.join(', '),
    });
  }
  if (orderType !== 'MIDPRICE') return problems;
  if (facts.secType !== 'STK' || facts.currency !== 'USD') {
    problems.push({
      field: 'order_type',
      problem: 'MIDPRICE orders are for US stocks only.',
      accepted: 'LMT or MKT for this instrument',
    });
  }
  if (exchange !== undefined && exchange !== 'SMART') {
    problems.push({
      field: 'exchange',
      problem: 'IBKR routes MIDPRICE orders itself.',
      accepted: 'SMART or none',
    });
  }
  return problems;
}

const CASH_SEC_TYPES = ['STK', 'CASH', 'CRYPTO'];
const DEFAULT_FRACTION_DIGITS = 4;

function checkAmount(ticket: OrderTicket, facts: TicketContext): OrderProblem[] {
  const { quantity, cashQuantity } = ticket;
  if ((quantity === undefined) === (cashQuantity === undefined)) {
    return [
      {
        field: 'quantity',
        problem: 'An order has either a quantity or an amount of money.',
        accepted: 'quantity or cash_quantity, one of the two',
      },
    ];
  }
  if (quantity !== undefined) return checkQuantity(ticket, quantity, facts);
  return checkCashQuantity(ticket, cashQuantity ?? 0, facts);
}

function checkQuantity(
  { orderType, legs }: OrderTicket,
  quantity: number,
  { secType, rules, account }: TicketContext,
): OrderProblem[] {
  const wrong = (problem: string, accepted: string): OrderProblem[] => [
    { field: 'quantity', problem, accepted },
  ];
  if (!(quantity > 0 && Number.isFinite(quantity))) {
    return wrong('The quantity is not positive.', 'a number above 0');
  }
  if (Number.isInteger(quantity)) return [];
  if (legs !== undefined || !CASH_SEC_TYPES.includes(secType)) {
    return wrong('This kind of instrument is not traded in fractions.', 'a whole number');
  }
  if (account.supportsFractions === false && secType === 'STK') {
    return wrong('The account does not take fractions of shares.', 'a whole number');
  }
  if (rules !== null && !rules.fractionalTypes.includes(orderType)) {
    return rules.fractionalTypes.length === 0
      ? wrong('This instrument is not traded in fractions.', 'a whole number')
      : wrong(
          `${orderType} orders for this instrument take no fractions.`,
          `a whole number, or one of ${rules.fractionalTypes.join(', ')}`,
        );
  }
  const digits = rules?.fractionDigits ?? DEFAULT_FRACTION_DIGITS;
  return isMultipleOf(quantity, 10 ** -digits)
    ? []
    : wrong('The quantity has too many decimals.', `at most ${digits} decimals`);
}

function checkCashQuantity(
  ticket: OrderTicket,
  cashQuantity: number,
  { secType, rules, account }: TicketContext,
): OrderProblem[] {
  const wrong = (problem: string, accepted: string): OrderProblem[] => [
    { field: 'cash_quantity', problem, accepted },
  ];
  if (!(cashQuantity > 0 && Number.isFinite(cashQuantity))) {
    return wrong('The amount is not positive.', 'an amount above 0');
  }
  if (ticket.legs !== undefined || !CASH_SEC_TYPES.includes(secType)) {
    return wrong('This kind of instrument is not ordered by amount.', 'quantity instead');
  }
  if (account.supportsCashQuantity === false) {
    return wrong('The account does not take orders by amount.', 'quantity instead');
  }
  if (rules !== null && !rules.cashTypes.includes(ticket.orderType)) {
    const types = rules.cashTypes.length === 0 ? '' : `, or one of ${rules.cashTypes.join(', ')}`;
    return wrong(
      `${ticket.orderType} orders for this instrument take no amount.`,
      `quantity instead${types}`,
    );
  }
  return exitsOf(ticket).length === 0
    ? []
    : wrong('The exits of an order need to know its quantity.', 'quantity instead, or no exits');
}

const RESTING: readonly TimeInForce[] = ['DAY', 'GTC', 'GTD'];
const TIFS: Readonly<Record<OrderType, readonly TimeInForce[]>> = {
  MKT: [...RESTING, 'IOC', 'OPG'],
  LMT: [...RESTING, 'IOC', 'OPG'],
  STP: RESTING,
  STP_LIMIT: RESTING,
  MIT: RESTING,
  LIT: RESTING,
  TRAIL: RESTING,
  TRAIL_LIMIT: RESTING,
  MIDPRICE: ['DAY'],
  MOC: ['DAY'],
  LOC: ['DAY'],
};
const COMBO_TIFS: readonly TimeInForce[] = [...RESTING, 'IOC'];

function checkTif(ticket: OrderTicket, { rules, now }: TicketContext): OrderProblem[] {
  const { orderType, tif, goodTillDate, legs } = ticket;
  const problems: OrderProblem[] = [];
  const taken = TIFS[orderType].filter(
    (word) =>
      (legs === undefined || COMBO_TIFS.includes(word)) &&
      (rules === null || legs !== undefined || takesTif(rules, word, orderType)),
  );
  if (!taken.includes(tif)) {
    problems.push({
      field: 'tif',
      problem: `${orderType} orders for this instrument cannot be ${tif}.`,
      accepted: taken.length === 0 ? 'another order_type' : taken.join(', '),
    });
  }
  const wrongDate = (problem: string, accepted: string) =>
    problems.push({ field: 'good_till_date', problem, accepted });
  if (tif !== 'GTD') {
    if (goodTillDate !== undefined) wrongDate(`${tif} orders have no end date.`, 'none, or tif GTD');
  } else if (goodTillDate === undefined || !isInstant(goodTillDate)) {
    wrongDate('GTD orders need to know until when.', 'a time with zone, such as 2027-01-15T21:00:00Z');
  } else if (Date.parse(goodTillDate) <= now.getTime()) {
    wrongDate('That time has passed.', 'a time in the future');
  }
  return problems;
}

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

function checkOutsideRth(ticket: OrderTicket, { rules }: TicketContext): OrderProblem[] {
  if (ticket.outsideRth !== true) return [];
  const wrong = (problem: string, accepted: string): OrderProblem[] => [
    { field: 'outside_rth', problem, accepted },
  ];
  if (ticket.tif === 'OPG') return wrong('An OPG order fills in the opening auction only.', 'false');
  if (ticket.legs !== undefined) return wrong('Combos fill in regular hours only.', 'false');
  if (rules === null ? takesOutsideRth(ticket.orderType) : rules.outsideRthTypes.includes(ticket.orderType)) {
    return [];
  }
  const others = rules === null ? 'LMT, STP_LIMIT, LIT, TRAIL_LIMIT' : rules.outsideRthTypes.join(', ');
  return wrong(
    `${ticket.orderType} orders for this instrument fill in regular hours only.`,
    others === '' ? 'false' : `false, or one of ${others}`,
  );
}
