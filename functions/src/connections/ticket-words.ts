/** What IBKR would refuse about an order, in words for whoever wrote its arguments. */

import type { PriceFault } from '../broker/errors.ts';
import type { PriceName } from '../broker/order-types.ts';
import type { TicketField, TicketProblem } from '../broker/orders/ticket-context.ts';

/** What the fields of a ticket are called among the arguments of tools. */
export const ARGUMENTS = {
  clientOrderId: 'client_order_id',
  conid: 'conid',
  orderType: 'order_type',
  quantity: 'quantity',
  cashQuantity: 'cash_quantity',
  limitPrice: 'limit_price',
  stopPrice: 'stop_price',
  trailingAmount: 'trailing_amount',
  trailingPercent: 'trailing_percent',
  tif: 'tif',
  goodTillDate: 'good_till_date',
  outsideRth: 'outside_rth',
  takeProfitPrice: 'take_profit_price',
  stopLossPrice: 'stop_loss_price',
  stopLossLimitPrice: 'stop_loss_limit_price',
  exchange: 'exchange',
  legs: 'legs',
} as const satisfies Record<TicketField | PriceName, string>;

export interface ArgumentProblem {
  argument: (typeof ARGUMENTS)[TicketField];
  /** What is wrong, as a sentence. */
  problem: string;
  /** What would be right, as a phrase. */
  accepted: string;
}

export function ticketWords(wrong: TicketProblem): ArgumentProblem {
  const [problem, accepted] = saidOf(wrong);
  return { argument: ARGUMENTS[wrong.field], problem, accepted };
}

type Said = readonly [problem: string, accepted: string];

export function priceFaultWords(fault: PriceFault): Said {
  switch (fault.is) {
    case 'price_missing':
      return [`${fault.orderType} orders need one.`, 'a price'];
    case 'price_not_taken':
      return [`${fault.orderType} orders take none.`, 'none, or another order type'];
    case 'not_a_number':
      return ['It has to be a number.', 'a number'];
    case 'amount_or_percent':
      return [
        `${fault.orderType} orders follow the market by an amount or by a percentage.`,
        'one of the two',
      ];
  }
}

function saidOf({ field, fault }: TicketProblem): Said {
  switch (fault.is) {
    case 'price_missing':
    case 'price_not_taken':
    case 'not_a_number':
    case 'amount_or_percent':
      return priceFaultWords(fault);
    case 'length':
      return ['The client order id has a length IBKR does not take.', `1 to ${fault.most} characters`];
    case 'index':
      return ['An index is not traded itself.', 'a fund, future or option on it'];
    case 'expired':
      return [`It expired on ${fault.expiry}.`, 'a contract that still trades'];
    case 'type_not_taken':
      return [
        `${fault.isCombo ? 'A combo' : 'This instrument'} does not take ${fault.orderType} orders.`,
        fault.taken.join(', '),
      ];
    case 'us_stocks_only':
      return ['MIDPRICE orders are for US stocks only.', 'LMT or MKT for this instrument'];
    case 'routed_by_ibkr':
      return ['IBKR routes MIDPRICE orders itself.', 'SMART or none'];
    case 'quantity_or_amount':
      return [
        'An order has either a quantity or an amount of money.',
        'quantity or cash_quantity, one of the two',
      ];
    case 'not_positive':
      return NOT_POSITIVE[field] ?? ['The price is not positive.', 'a price above 0'];
    case 'whole_only':
      return [WHOLE_ONLY[fault.by], 'a whole number'];
    case 'whole_for_type':
      return [
        `${fault.orderType} orders for this instrument take no fractions.`,
        `a whole number, or one of ${fault.types.join(', ')}`,
      ];
    case 'decimals':
      return ['The quantity has too many decimals.', `at most ${fault.most} decimals`];
    case 'no_amount':
      return [
        fault.by === 'account'
          ? 'The account does not take orders by amount.'
          : 'This kind of instrument is not ordered by amount.',
        'quantity instead',
      ];
    case 'no_amount_for_type':
      return [
        `${fault.orderType} orders for this instrument take no amount.`,
        `quantity instead${fault.types.length === 0 ? '' : `, or one of ${fault.types.join(', ')}`}`,
      ];
    case 'exits_need_quantity':
      return ['The exits of an order need to know its quantity.', 'quantity instead, or no exits'];
    case 'tif_not_taken':
      return [
        `${fault.orderType} orders for this instrument cannot be ${fault.tif}.`,
        fault.taken.length === 0 ? 'another order_type' : fault.taken.join(', '),
      ];
    case 'no_end_date':
      return [`${fault.tif} orders have no end date.`, 'none, or tif GTD'];
    case 'end_date_needed':
      return ['GTD orders need to know until when.', 'a time with zone, such as 2027-01-15T21:00:00Z'];
    case 'past':
      return ['That time has passed.', 'a time in the future'];
    case 'opening_auction':
      return ['An OPG order fills in the opening auction only.', 'false'];
    case 'combo_hours':
      return ['Combos fill in regular hours only.', 'false'];
    case 'regular_hours':
      return [
        `${fault.orderType} orders for this instrument fill in regular hours only.`,
        fault.others.length === 0 ? 'false' : `false, or one of ${fault.others.join(', ')}`,
      ];
    case 'percent_range':
      return ['The percentage is out of range.', 'above 0 and below 100'];
    case 'off_step':
      return [
        `The price is not on the steps of ${fault.step} that the instrument trades in.`,
        `a multiple of ${fault.step}, such as ${fault.nearest}`,
      ];
    case 'combo_exits':
      return ['Combos take no exits.', 'none; place the closing combo on its own'];
    case 'exit_not_taken':
      return [
        `This instrument does not take ${fault.tif} ${fault.orderType} orders, which that exit would be.`,
        'none, or another tif',
      ];
    case 'exit_side': {
      const exit = field === 'takeProfitPrice' ? 'take profit' : 'stop loss';
      const entry = fault.hasEntryPrice ? 'its entry' : 'the last price, where the order fills';
      return [
        `The ${exit} of a ${fault.side} lies ${fault.where} ${entry}.`,
        `a price ${fault.where} ${fault.bound}`,
      ];
    }
    case 'limit_before_stop':
      return [
        'That limit would keep the stop loss from filling when it triggers.',
        `${fault.stopPrice}, or a price ${fault.where} it`,
      ];
    case 'no_combos':
      return [`IBKR has no combos in ${fault.currency}.`, 'legs in another currency'];
    case 'combo_conid':
      return ['The conid is not that of combos in this currency.', String(fault.conid)];
    case 'combo_exchange':
      return ['Combos in other currencies than USD need an exchange.', 'the exchange of the legs'];
    case 'leg_count':
      return [`A combo of ${fault.legs} legs is not taken.`, `${fault.least} to ${fault.most} legs`];
    case 'same_legs':
      return ['Two legs are the same contract.', 'one leg per contract'];
    case 'ratio':
      return [
        'A ratio is not a whole number other than 0.',
        'whole numbers, negative for legs that are sold',
      ];
    case 'common_divisor':
      return ['The ratios have a common divisor.', 'the smallest ratios, with a larger quantity'];
    case 'no_option':
      return [
        `${fault.symbol} (conid ${fault.conid}) is no option.`,
        'options, by the conids of get_option_chain',
      ];
    case 'leg_expired':
      return [`${fault.contract} has expired.`, 'options that still trade'];
    case 'several_underlyings':
      return ['The legs are options on several underlyings.', 'options on one underlying'];
    case 'several_multipliers':
      return ['The legs stand for different amounts of the underlying.', 'options of one multiplier'];
  }
}

const AMOUNT: Said = ['The amount is not positive.', 'an amount above 0'];
const NOT_POSITIVE: Readonly<Partial<Record<TicketField, Said>>> = {
  quantity: ['The quantity is not positive.', 'a number above 0'],
  cashQuantity: AMOUNT,
  trailingAmount: AMOUNT,
};
const WHOLE_ONLY = {
  kind: 'This kind of instrument is not traded in fractions.',
  account: 'The account does not take fractions of shares.',
  instrument: 'This instrument is not traded in fractions.',
} as const;
