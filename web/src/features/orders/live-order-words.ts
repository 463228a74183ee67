/** How it stands with an order at IBKR, in words. What it is, its sentence says. */
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { money, number } from '../../format/numbers.ts';

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
