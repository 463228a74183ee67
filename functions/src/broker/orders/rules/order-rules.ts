/** What IBKR refuses, known beforehand, by the field of the ticket that has to change. */

import { takesTif } from '../../contracts/contract-order-rules.ts';
import { hasExpired } from '../../contracts/derivative.ts';
import {
  type OrderType,
  RESTING_TIFS,
  type TimeInForce,
  takesOutsideRth,
  tifsOf,
} from '../../order-types.ts';
import { exitsOf, type OrderTicket } from '../order-ticket.ts';
import type { TicketContext, TicketFault, TicketProblem } from '../ticket-context.ts';
import { checkLegs } from './combo-rules.ts';
import { checkExits, checkPrices, isMultipleOf } from './order-price-rules.ts';

/**
 * Everything in an order that IBKR would refuse for its form; empty when nothing. Funds, permissions and the market
 * are IBKR's own to judge.
 */
export function ticketProblems(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
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
  ].flatMap((check) => check(ticket, context));
}

const MAX_CLIENT_ORDER_ID = 64;

function checkClientOrderId({ clientOrderId }: OrderTicket): TicketProblem[] {
  if (clientOrderId.length >= 1 && clientOrderId.length <= MAX_CLIENT_ORDER_ID) return [];
  return [{ field: 'clientOrderId', fault: { is: 'length', most: MAX_CLIENT_ORDER_ID } }];
}

function checkContract(_: OrderTicket, { secType, expiry, now }: TicketContext): TicketProblem[] {
  if (secType === 'IND') return [{ field: 'conid', fault: { is: 'index' } }];
  const isOver = expiry != null && hasExpired(expiry, now);
  return isOver ? [{ field: 'conid', fault: { is: 'expired', expiry } }] : [];
}

const COMBO_TYPES: readonly OrderType[] = ['MKT', 'LMT'];

function checkType({ orderType, exchange, legs }: OrderTicket, context: TicketContext): TicketProblem[] {
  const problems: TicketProblem[] = [];
  const taken = legs === undefined ? context.rules?.orderTypes : COMBO_TYPES;
  if (taken !== undefined && taken.length > 0 && !taken.includes(orderType)) {
    const fault = { is: 'type_not_taken', orderType, isCombo: legs !== undefined, taken } as const;
    problems.push({ field: 'orderType', fault });
  }
  if (orderType !== 'MIDPRICE') return problems;
  if (context.secType !== 'STK' || context.currency !== 'USD') {
    problems.push({ field: 'orderType', fault: { is: 'us_stocks_only' } });
  }
  if (exchange !== undefined && exchange !== 'SMART') {
    problems.push({ field: 'exchange', fault: { is: 'routed_by_ibkr' } });
  }
  return problems;
}

const CASH_SEC_TYPES = ['STK', 'CASH', 'CRYPTO'];
const DEFAULT_FRACTION_DIGITS = 4;

function checkAmount(ticket: OrderTicket, context: TicketContext): TicketProblem[] {
  const { quantity, cashQuantity } = ticket;
  if ((quantity === undefined) === (cashQuantity === undefined)) {
    return [{ field: 'quantity', fault: { is: 'quantity_or_amount' } }];
  }
  if (quantity !== undefined) return checkQuantity(ticket, quantity, context);
  return checkCashQuantity(ticket, cashQuantity ?? 0, context);
}

function checkQuantity(
  { orderType, legs }: OrderTicket,
  quantity: number,
  { secType, rules, account }: TicketContext,
): TicketProblem[] {
  const wrong = (fault: TicketFault): TicketProblem[] => [{ field: 'quantity', fault }];
  if (!(quantity > 0 && Number.isFinite(quantity))) {
    return wrong({ is: 'not_positive' });
  }
  if (Number.isInteger(quantity)) return [];
  if (legs !== undefined || !CASH_SEC_TYPES.includes(secType)) {
    return wrong({ is: 'whole_only', by: 'kind' });
  }
  if (account.supportsFractions === false && secType === 'STK') {
    return wrong({ is: 'whole_only', by: 'account' });
  }
  if (rules !== null && !rules.fractionalTypes.includes(orderType)) {
    return rules.fractionalTypes.length === 0
      ? wrong({ is: 'whole_only', by: 'instrument' })
      : wrong({ is: 'whole_for_type', orderType, types: rules.fractionalTypes });
  }
  const digits = rules?.fractionDigits ?? DEFAULT_FRACTION_DIGITS;
  return isMultipleOf(quantity, 10 ** -digits) ? [] : wrong({ is: 'decimals', most: digits });
}

function checkCashQuantity(
  ticket: OrderTicket,
  cashQuantity: number,
  { secType, rules, account }: TicketContext,
): TicketProblem[] {
  const wrong = (fault: TicketFault): TicketProblem[] => [{ field: 'cashQuantity', fault }];
  if (!(cashQuantity > 0 && Number.isFinite(cashQuantity))) {
    return wrong({ is: 'not_positive' });
  }
  if (ticket.legs !== undefined || !CASH_SEC_TYPES.includes(secType)) {
    return wrong({ is: 'no_amount', by: 'kind' });
  }
  if (account.supportsCashQuantity === false) {
    return wrong({ is: 'no_amount', by: 'account' });
  }
  if (rules !== null && !rules.cashTypes.includes(ticket.orderType)) {
    return wrong({ is: 'no_amount_for_type', orderType: ticket.orderType, types: rules.cashTypes });
  }
  return exitsOf(ticket).length === 0 ? [] : wrong({ is: 'exits_need_quantity' });
}

const COMBO_TIFS: readonly TimeInForce[] = [...RESTING_TIFS, 'IOC'];

function checkTif(ticket: OrderTicket, { rules, now }: TicketContext): TicketProblem[] {
  const { orderType, tif, goodTillDate, legs } = ticket;
  const problems: TicketProblem[] = [];
  const taken = tifsOf(orderType).filter(
    (word) =>
      (legs === undefined || COMBO_TIFS.includes(word)) &&
      (rules === null || legs !== undefined || takesTif(rules, word, orderType)),
  );
  if (!taken.includes(tif)) {
    problems.push({ field: 'tif', fault: { is: 'tif_not_taken', orderType, tif, taken } });
  }
  const wrongDate = (fault: TicketFault) => problems.push({ field: 'goodTillDate', fault });
  if (tif !== 'GTD') {
    if (goodTillDate !== undefined) wrongDate({ is: 'no_end_date', tif });
  } else if (goodTillDate === undefined || !isInstant(goodTillDate)) {
    wrongDate({ is: 'end_date_needed' });
  } else if (Date.parse(goodTillDate) <= now.getTime()) {
    wrongDate({ is: 'past' });
  }
  return problems;
}

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

function checkOutsideRth(ticket: OrderTicket, { rules }: TicketContext): TicketProblem[] {
  if (ticket.outsideRth !== true) return [];
  const wrong = (fault: TicketFault): TicketProblem[] => [{ field: 'outsideRth', fault }];
  if (ticket.tif === 'OPG') return wrong({ is: 'opening_auction' });
  if (ticket.legs !== undefined) return wrong({ is: 'combo_hours' });
  if (rules === null ? takesOutsideRth(ticket.orderType) : rules.outsideRthTypes.includes(ticket.orderType)) {
    return [];
  }
  const others = rules === null ? ['LMT', 'STP_LIMIT', 'LIT', 'TRAIL_LIMIT'] : rules.outsideRthTypes;
  return wrong({ is: 'regular_hours', orderType: ticket.orderType, others });
}
