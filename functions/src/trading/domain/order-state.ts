/** What IBKR's words for the state of an order mean. */
import type { Order } from '../../broker/orders/order-answers.ts';
import type { OrderState } from '../../contract/orders/order-states.ts';

/** By the letters alone. `PreSubmitted` is how a resting stop or bracket child looks. */
const STATE_OF_STATUS = new Map<string, OrderState>([
  ['pendingsubmit', 'pending'],
  ['presubmitted', 'working'],
  ['submitted', 'working'],
  ['pendingcancel', 'working'],
  ['precancelled', 'working'],
  ['filled', 'filled'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
  ['apicancelled', 'cancelled'],
  ['inactive', 'inactive'],
]);

export function orderState(status: string): OrderState {
  return STATE_OF_STATUS.get(lettersOf(status)) ?? 'unknown';
}

/** IBKR writes `PreSubmitted`, and `pre_submitted` where it takes it. */
function lettersOf(status: string): string {
  return status.toLowerCase().replaceAll(/[^a-z]/g, '');
}

/** Whether an order may still fill. */
export function isOpen(status: string): boolean {
  return ['pending', 'working', 'unknown'].includes(orderState(status));
}

/** Whether IBKR holds an order without working it, which may change, or says what is not known here. */
export function isHeld(status: string | null): boolean {
  return status !== null && ['inactive', 'unknown'].includes(orderState(status));
}

/** Whether IBKR already has a request to cancel the order. */
export function isBeingCancelled(status: string): boolean {
  return ['pendingcancel', 'precancelled'].includes(lettersOf(status));
}

/** How far an order came: `Filled: 10 of 10 filled at 98`, `Cancelled`. */
export function progressWords({
  status,
  filledQuantity,
  quantity,
  averagePrice,
}: Pick<Order, 'status' | 'filledQuantity' | 'quantity' | 'averagePrice'>): string {
  if (filledQuantity === 0) return status;
  return `${status}: ${filledQuantity} of ${quantity} filled${averagePrice === null ? '' : ` at ${averagePrice}`}`;
}
