import type { LiveOrder } from '../../../api/orders.ts';
import { money, number } from '../../../orders/numbers.ts';

const TYPES: Record<string, string> = {
  MKT: 'Market',
  LMT: 'Limit',
  STP: 'Stop',
  STP_LIMIT: 'Stop limit',
  TRAIL: 'Trailing stop',
};

const TIFS: Record<string, string> = { DAY: 'today only', GTC: 'until cancelled' };

/** `Buy 10 NVDA`, `Limit at 170.00 USD, until cancelled`: IBKR lists less of an order than its asker said. */
export function liveOrderWords(order: LiveOrder): { what: string; how: string } {
  const { side, quantity, symbol, security_type, currency, order_type, limit_price, stop_price, tif } = order;
  const kind = security_type === 'STK' ? '' : ` ${security_type}`;
  const prices = [
    stop_price === null ? '' : ` at ${money(stop_price, currency)}`,
    limit_price === null ? '' : `${stop_price === null ? '' : ', limit'} at ${money(limit_price, currency)}`,
  ].join('');
  return {
    what: `${side === 'BUY' ? 'Buy' : 'Sell'} ${number(quantity)} ${symbol}${kind}`,
    how: `${TYPES[order_type] ?? order_type}${prices}, ${TIFS[tif] ?? tif}`,
  };
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
