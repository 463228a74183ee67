/** What is answered to whoever wants of an order what can no longer happen to it. */

import { GatewayError } from '../../errors.ts';
import { askAgain } from './idempotency.ts';
import type { OrderIntent } from './intent.ts';

export function blockedError(intentId: string): GatewayError {
  return new GatewayError(
    'order_state_unknown',
    'It is not known yet whether an earlier order on this contract exists, so no other one is sent.',
    'Call get_order_status with its intent_id: that finds out.',
    { details: { intent_id: intentId } },
  );
}

/** @param aheadMs How far ahead the clock is. */
export function clockError(aheadMs = 0): GatewayError {
  const minutes = Math.max(1, Math.round(Math.abs(aheadMs) / 60_000));
  return new GatewayError(
    'internal_error',
    `The gateway’s clock is ${minutes} min ${aheadMs > 0 ? 'ahead' : 'behind'}, so that it sends no order: it cannot tell what still holds.`,
    'Nothing was sent. Try again: another instance may answer. If it fails again, tell the operator to set the clock. Cancelling works.',
  );
}

/** @param accountId Of the order that IBKR holds, where that is known. */
export function heldOrderError(intentId: string, accountId: string | null): GatewayError {
  const where = accountId === null ? '' : ` in account ${accountId}`;
  return new GatewayError(
    'possible_duplicate',
    `IBKR holds an earlier order on this contract${where} without working it, and may work it again, so no other one is sent.`,
    'Ask get_order_status with its intent_id and tell the user. If this order is meant besides that one, call again with duplicate_ok true.',
    { details: { intent_id: intentId, ...(accountId === null ? {} : { account_id: accountId }) } },
  );
}

export function nothingWaitsError(intent: OrderIntent | null): GatewayError {
  if (intent === null) {
    return new GatewayError('approval_expired', 'There is no such order to approve.', 'Look at what waits.');
  }
  const { id, state, reason } = intent;
  const details = { intent_id: id, state };
  switch (state) {
    case 'awaiting_approval':
      return new GatewayError(
        'approval_expired',
        'The time to approve this order is over.',
        askAgain(intent),
        {
          details,
        },
      );
    case 'not_placed':
      return new GatewayError(
        'approval_expired',
        `This order no longer waits, and is not at IBKR: ${reason ?? 'it was not sent.'}`,
        askAgain(intent),
        { details },
      );
    case 'needs_reply':
      return new GatewayError(
        'approval_expired',
        'IBKR asks something about this order before it takes it. The yes was not to that.',
        'Look at what IBKR asks, and answer that.',
        { details },
      );
    default:
      return new GatewayError(
        'approval_expired',
        `It was confirmed already, and ${nowInWords(intent)}.`,
        `Do not place it again: get_order_status with intent_id ${id} tells what becomes of it.`,
        { details },
      );
  }
}

/** What an order that was said yes to is by now. */
function nowInWords({ state, ibkrStatus }: OrderIntent): string {
  switch (state) {
    case 'sending':
      return 'is being sent';
    case 'unknown':
      return 'was sent; whether IBKR has it is not known yet';
    case 'working':
      return `IBKR has it (${ibkrStatus ?? 'working'})`;
    case 'rejected':
      return 'IBKR refused it';
    default:
      return `is ${state}`;
  }
}
