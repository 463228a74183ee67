/** How it stands with an order, in a word and a colour. What it is, its title says. */
import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';
import type { IntentState, OrderState } from '@ibkr-gateway/functions/contract/orders/order-states';
import type { LiveOrder } from '@ibkr-gateway/functions/contract/tool-outputs/orders';
import { money, number } from '../../format/numbers.ts';
import { STATE_WORDS } from '../../format/words/outcome-words.ts';
import { waitingOf } from '../../ui/waiting-orders/waiting.ts';

export type Tone = 'quiet' | 'wanted' | 'under_way' | 'good' | 'bad';

/** What asks for attention stands out. */
const TONES: Record<IntentState | OrderState, Tone> = {
  awaiting_approval: 'wanted',
  needs_reply: 'wanted',
  unknown: 'wanted',
  sending: 'under_way',
  pending: 'under_way',
  working: 'under_way',
  filled: 'good',
  rejected: 'bad',
  inactive: 'bad',
  cancelled: 'quiet',
  not_placed: 'quiet',
};

/** Whether it may still fill at IBKR. */
export function isOpen({ state }: LiveOrder): boolean {
  return state === 'pending' || state === 'working' || state === 'unknown';
}

/** Whether IBKR was already asked to cancel it. */
export function isStopping({ status }: LiveOrder): boolean {
  return status === 'PendingCancel' || status === 'PreCancelled';
}

/** Whether nothing more becomes of what was asked for. */
export function isOver(state: IntentState): boolean {
  return state === 'filled' || state === 'cancelled' || state === 'rejected' || state === 'not_placed';
}

/** What is known of an order: what was asked for over this gateway, what IBKR lists, or both. */
export type KnownOrder =
  | { story: Intent; live: LiveOrder | undefined }
  | { story: undefined; live: LiveOrder };

/**
 * How an order stands: by IBKR's list, which was read a moment ago, unless the gateway knows that it is over. Of a pair the
 * list has two, of which one that is cancelled does not say what became of the other.
 * @param now In ms since 1970.
 */
export function standingOf({ story, live }: KnownOrder, now: number): { words: string; tone: Tone } {
  if (story === undefined) return { words: liveWords(live), tone: TONES[live.state] };
  if (live !== undefined && (isOpen(live) || isLedByIbkr(story))) {
    return { words: liveWords(live), tone: TONES[live.state] };
  }
  if (waitingOf(story, now)?.isExpired) return { words: 'Expired', tone: 'quiet' };
  return { words: STATE_WORDS[story.state], tone: TONES[story.state] };
}

function isLedByIbkr({ state, order }: Intent): boolean {
  return !isOver(state) && order.oca === undefined;
}

function liveWords(order: LiveOrder): string {
  if (isStopping(order)) return 'Being cancelled';
  switch (order.state) {
    case 'pending':
      return 'On its way';
    case 'working':
      return order.filled_quantity === 0 ? 'Working' : `Working, ${number(order.filled_quantity)} filled`;
    case 'filled':
      return order.average_price === null
        ? 'Filled'
        : `Filled at ${money(order.average_price, order.price_unit ?? order.currency)}`;
    case 'cancelled':
      return 'Cancelled';
    case 'inactive':
      return 'Refused or held by IBKR';
    case 'unknown':
      return order.status;
  }
}
