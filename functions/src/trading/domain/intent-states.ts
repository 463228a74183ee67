/** The states of an intent: where it may go from each of them, and what they say of it. */
import { type IntentState, OUTCOMES } from '../../contract/orders/order-states.ts';
import type { OrderIntent } from './intent.ts';
import { ABANDONED_MS } from './ledger.ts';

/**
 * From each state, where an intent may go. What cannot go on is final; an absent order that turns up after all begins
 * anew as `unknown`.
 */
const TRANSITIONS: Record<IntentState, readonly IntentState[]> = {
  awaiting_approval: ['awaiting_approval', 'sending', 'not_placed'],
  sending: OUTCOMES,
  needs_reply: ['sending', ...OUTCOMES],
  working: OUTCOMES,
  unknown: OUTCOMES,
  // IBKR tells later when it was filled.
  filled: ['filled'],
  cancelled: [],
  rejected: [],
  not_placed: [],
};

/** Whether an intent may go from one state to another. */
export function mayGo(from: IntentState, to: IntentState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Of an intent that waits for a yes, or for an answer to IBKR's question. */
export const WAITING_STATES = ['awaiting_approval', 'needs_reply'] as const satisfies IntentState[];
export type WaitingIntent = OrderIntent & { state: (typeof WAITING_STATES)[number] };

/** Whether it waits for somebody's answer. */
export function isWaiting(intent: OrderIntent): intent is WaitingIntent {
  return WAITING_STATES.some((state) => state === intent.state);
}

/** Whether nothing more can happen after this state. */
export function isFinal(state: IntentState): boolean {
  return TRANSITIONS[state].every((next) => next === state);
}

/** How long a yes may take. */
export const APPROVAL_MS = 15 * 60_000;

/** Whether the time for a yes is over. */
export function isExpired({ state, approval }: OrderIntent, now: Date): boolean {
  return state === 'awaiting_approval' && approval.expiresAt !== null && approval.expiresAt <= now;
}

/** Whether no process can be at work on the intent any more, so that its outcome may be looked up. */
export function isAbandoned({ state, updatedAt, question }: OrderIntent, now: Date): boolean {
  switch (state) {
    case 'unknown':
      return true;
    case 'sending':
      return now.getTime() - updatedAt.getTime() > ABANDONED_MS;
    case 'needs_reply':
      return question === null || question.expiresAt <= now;
    default:
      return false;
  }
}
