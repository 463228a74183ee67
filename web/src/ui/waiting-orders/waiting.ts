import type { Intent } from '@ibkr-gateway/functions/contract/orders/intent';

/** How an order waits for an answer; null when it waits for none. */
export interface Waiting {
  /** When the time to answer is over, in ms since 1970; null for no end. */
  until: number | null;
  isExpired: boolean;
}

/** @param now In ms since 1970. */
export function waitingOf({ state, approval, question }: Intent, now: number): Waiting | null {
  if (state !== 'awaiting_approval' && state !== 'needs_reply') return null;
  const end = state === 'needs_reply' ? (question?.expiresAt ?? null) : approval.expiresAt;
  const until = end === null ? null : Date.parse(end);
  return { until, isExpired: until !== null && until <= now };
}

/** Whether it can still be answered now. */
export function isWaiting(intent: Intent): boolean {
  return waitingOf(intent, Date.now())?.isExpired === false;
}
