/** The states of an order: as this service tells its life, and as IBKR's words for it are understood. */

/** What IBKR, or the lack of an answer, makes of an order that was sent. */
export const OUTCOMES = [
  /** IBKR asks something about it. */
  'needs_reply',
  /** IBKR has it. */
  'working',
  'filled',
  'cancelled',
  /** IBKR refused it, or holds it as it is. */
  'rejected',
  /** It was sent, and whether IBKR has it is not known. */
  'unknown',
  /** IBKR does not have it: certainly, or as far as could be seen (`absentSince`). */
  'not_placed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const INTENT_STATES = [
  /** Waits for a yes. */
  'awaiting_approval',
  /** Handed to one process to send; whatever happens to that process, nobody else sends it. */
  'sending',
  ...OUTCOMES,
] as const;
export type IntentState = (typeof INTENT_STATES)[number];

export const ORDER_STATES = ['pending', 'working', 'filled', 'cancelled', 'inactive', 'unknown'] as const;
export type OrderState = (typeof ORDER_STATES)[number];
