/** What became of an order, in words. */
import type { Intent, ProposedOrder } from '@ibkr-gateway/functions/contract/orders/intent';
import type { IntentState } from '@ibkr-gateway/functions/contract/orders/order-states';
import { inLocalTime, money, number } from '../numbers.ts';

export const STATE_WORDS: Record<IntentState, string> = {
  awaiting_approval: 'Awaiting approval',
  sending: 'Sending',
  needs_reply: 'IBKR asks to confirm',
  working: 'Working',
  filled: 'Filled',
  cancelled: 'Cancelled',
  rejected: 'Refused by IBKR',
  unknown: 'Status unknown',
  not_placed: 'Not placed',
};

export interface OutcomeWords {
  title: string;
  text: string;
  tone: 'good' | 'bad' | 'caution' | 'neutral';
}

/** Of an order that waits for nobody's yes any more. */
export function outcomeWords(intent: Intent): OutcomeWords {
  const { order, state } = intent;
  switch (state) {
    case 'filled':
      return {
        tone: 'good',
        title: `Filled: ${filled(intent)}`,
        text: 'IBKR carried out the whole order. Whoever asked for it can see that.',
      };
    case 'working':
      return {
        tone: 'good',
        title: 'IBKR has the order',
        text: `It is working${partly(intent)}. This page follows it; you may also leave.`,
      };
    case 'sending':
      return { tone: 'caution', title: 'Sending the order to IBKR', text: 'This takes a few seconds.' };
    case 'unknown':
      return {
        tone: 'caution',
        title: 'It is not known yet whether IBKR has the order',
        text: 'It was sent and the answer was lost. It is never sent again by itself; this page finds out what became of it.',
      };
    case 'cancelled':
      return {
        tone: 'neutral',
        title: 'The order was cancelled',
        text: intent.filledQuantity ? `Before that it ${filled(intent)}.` : 'Nothing was filled.',
      };
    case 'rejected':
      return {
        tone: 'bad',
        title: 'IBKR refused the order',
        text: `${sentence(intent.reason ?? 'It gave no reason')} Nothing was ${done(order)}.`,
      };
    default:
      return {
        tone: 'neutral',
        title: 'Nothing was sent',
        text: `${sentence(intent.reason ?? 'The order did not reach IBKR')} Whoever asked for it can see that.`,
      };
  }
}

/** `bought 10 NVDA at 173.14 USD` */
function filled({ order, filledQuantity, averagePrice }: Intent): string {
  const { contract, ticket } = order;
  const amount = filledQuantity ?? ticket.quantity;
  const price =
    averagePrice === null ? '' : ` at ${money(averagePrice, contract.priceUnit ?? contract.currency)}`;
  return `${done(order)}${amount === undefined ? '' : ` ${number(amount)}`} ${contract.description ?? contract.symbol}${price}`;
}

function partly({ order, filledQuantity }: Intent): string {
  if (!filledQuantity) return ' and nothing has filled yet';
  const { quantity } = order.ticket;
  return `, ${number(filledQuantity)}${quantity === undefined ? '' : ` of ${number(quantity)}`} filled so far`;
}

function done({ ticket }: ProposedOrder): string {
  return ticket.side === 'BUY' ? 'bought' : 'sold';
}

function sentence(reason: string): string {
  const text = inLocalTime(reason);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
