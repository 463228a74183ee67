import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { dateAndTime, money, number, withUnit } from '../../format/numbers.ts';
import { ORDER_TYPE_NAMES } from '../../format/order-words.ts';

const TIFS: Record<string, string> = {
  DAY: 'today only',
  GTC: 'until cancelled',
  IOC: 'at once or not at all',
  FOK: 'all of it at once, or nothing',
  OPG: 'when the market opens',
  GTD: 'until a set date',
};

/** `Buy 10 NVDA`, `Limit at 170.00 USD, until cancelled`: IBKR lists less of an order than its asker said. */
export function liveOrderWords(order: LiveOrder): { what: string; how: string } {
  const { side, quantity, symbol, security_type, currency, order_type, limit_price, stop_price } = order;
  const kind = security_type === 'STK' ? '' : ` ${security_type}`;
  const prices = [
    trailWords(order),
    stop_price === null ? '' : ` at ${money(stop_price, currency)}`,
    limit_price === null ? '' : `${stop_price === null ? '' : ', limit'} at ${money(limit_price, currency)}`,
  ].join('');
  return {
    what: `${side === 'BUY' ? 'Buy' : 'Sell'} ${number(quantity)} ${symbol}${kind}`,
    how: [
      `${exitWords(order)}${ORDER_TYPE_NAMES[order_type] ?? order_type}${prices}`,
      durationWords(order),
      ...(order.outside_rth ? ['also outside regular hours'] : []),
    ].join(', '),
  };
}

function exitWords({ exit }: LiveOrder): string {
  if (exit === null) return '';
  return exit === 'take_profit' ? 'Exit with a profit: ' : 'Exit with a loss: ';
}

function trailWords({ trailing_amount, trailing_percent, currency }: LiveOrder): string {
  if (trailing_percent !== null) return ` by ${withUnit(number(trailing_percent), '%')}, now`;
  return trailing_amount === null ? '' : ` by ${money(trailing_amount, currency)}, now`;
}

function durationWords({ tif, good_till_date }: LiveOrder): string {
  if (good_till_date !== null) return `until ${dateAndTime(good_till_date)}`;
  return TIFS[tif] ?? tif;
}

/** Whether it may still fill. */
export function isOpen({ state }: LiveOrder): boolean {
  return state === 'pending' || state === 'working' || state === 'unknown';
}

/** Whether IBKR was already asked to cancel it. */
export function isStopping({ status }: LiveOrder): boolean {
  return status === 'PendingCancel' || status === 'PreCancelled';
}

export function stateWords(order: LiveOrder): string {
  if (isStopping(order)) return 'Being cancelled';
  switch (order.state) {
    case 'pending':
      return 'On its way';
    case 'working':
      return order.filled_quantity === 0 ? 'Working' : `Working, ${number(order.filled_quantity)} filled`;
    case 'filled':
      return order.average_price === null
        ? 'Filled'
        : `Filled at ${money(order.average_price, order.currency)}`;
    case 'cancelled':
      return 'Cancelled';
    case 'inactive':
      return 'Refused or held by IBKR';
    case 'unknown':
      return order.status;
  }
}
