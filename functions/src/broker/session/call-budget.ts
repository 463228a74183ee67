/** What one call may spend, and what it has spent. */
export interface CallBudget {
  /** Milliseconds since 1970. */
  readonly deadline: number;
  upstreamCalls: number;
  /** When its latest request left (ms since 1970); 0 before the first. */
  lastSentAt: number;
  /** Something that changes more than the session may have left for IBKR. */
  hasSentChange: boolean;
}

/** Rejects when a request may not leave any more. */
export type Permit = () => Promise<void>;
