/** What IBKR asks before it takes an order, by message id. */

import type { AccountBook } from '../accounts/account-book.ts';
import { BASE_CURRENCY } from '../accounts/valuation.ts';
import type { Market } from '../market/market.ts';
import type { Question } from '../session/session-state.ts';
import { instrumentOfOrder, lastOf, pointValueOfOrder } from './combos.ts';
import { isOpen, type OrderTerms } from './order.ts';
import { executionOf } from './order-types.ts';

const PRICE_LIMIT_PERCENT = 3;
const SIZE_LIMIT = 10_000;
const VALUE_LIMIT = 250_000;

/** Questions about one ticket, in the order in which they are asked. */
export function questionsAbout(
  terms: OrderTerms,
  account: AccountBook,
  market: Market,
  now: number,
  hasMarketData: boolean,
): Question[] {
  const instrument = instrumentOfOrder(terms);
  if (!instrument) return [];
  const last = lastOf(terms, market, now);
  const price = terms.limitPrice ?? terms.stopPrice ?? last;
  const value =
    Math.abs(price) *
    terms.quantity *
    pointValueOfOrder(terms) *
    market.rate(instrument.currency, BASE_CURRENCY, now);
  const isAggressive = terms.side === 'BUY' ? price > last : price < last;
  const offPercent = (Math.abs(price - last) / Math.abs(last)) * 100;
  const asked: (Question | false)[] = [
    !hasMarketData && {
      id: 'o354',
      text: 'You are submitting an order without market data. We strongly recommend against this as it may result in erroneous and unexpected trades.\nAre you sure you want to submit this order?',
    },
    terms.limitPrice !== undefined &&
      offPercent > PRICE_LIMIT_PERCENT && {
        id: 'o163',
        text: `The following order "${terms.side} ${terms.quantity} ${instrument.symbol}" price exceeds \nthe Percentage constraint of ${PRICE_LIMIT_PERCENT}%.\nAre you sure you want to submit this order?`,
      },
    instrument.assetClass !== 'CASH' &&
      terms.quantity > SIZE_LIMIT && {
        id: 'o383',
        text: `The following order size exceeds the Size Limit of ${SIZE_LIMIT}.\nAre you sure you want to submit this order?`,
      },
    value > VALUE_LIMIT && {
      id: 'o451',
      text: `The following order value estimate of ${Math.round(value).toLocaleString('en-US')} ${BASE_CURRENCY} exceeds the Total Value Limit of ${VALUE_LIMIT.toLocaleString('en-US')} ${BASE_CURRENCY}.\nAre you sure you want to submit this order?`,
    },
    terms.type === 'MKT' && {
      id: 'o10151',
      text: 'Market orders are executed at the best available price, which may differ from the price displayed.\nAre you sure you want to submit this order?',
    },
    ['stop', 'trail'].includes(executionOf(terms)) && {
      id: 'o10331',
      text: 'You are about to submit a stop order. Please be aware of the various stop order types available and the risks associated with each one.\nAre you sure you want to submit this order?',
    },
    triggersAtOnce(terms, last) && {
      id: 'o403',
      text: 'This order will most likely trigger and fill immediately.\nAre you sure you want to submit this order?',
    },
    terms.limitPrice !== undefined &&
      isAggressive &&
      offPercent > PRICE_LIMIT_PERCENT && {
        id: 'o10153',
        text: 'To avoid trading at a price that is not consistent with a fair and orderly market, a price cap (for a buy order) or a price floor (for a sell order) may be set.\nDo you want to submit this order?',
      },
    terms.cashQuantity !== undefined && {
      id: 'o10223',
      text: 'Cash quantity orders are provided on a best-efforts basis; the quantity may differ.\nDo you want to submit this order?',
    },
    hasOppositeOrder(terms, account) && {
      id: 'o2137',
      text: 'There is an open order on the opposite side for this contract.\nAre you sure you want to submit this order?',
    },
  ];
  return asked.filter((question) => question !== false);
}

function triggersAtOnce(terms: OrderTerms, last: number): boolean {
  const { side, stopPrice } = terms;
  if (stopPrice === undefined || executionOf(terms) !== 'stop') return false;
  return side === 'BUY' ? stopPrice <= last : stopPrice >= last;
}

function hasOppositeOrder(terms: OrderTerms, account: AccountBook): boolean {
  for (const order of account.orders.values()) {
    if (isOpen(order) && order.terms.conid === terms.conid && order.terms.side !== terms.side) return true;
  }
  return false;
}
