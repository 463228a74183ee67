/** How the session of a connection stands. */

/** What asking IBKR can show. */
export const SESSION_STATES = [
  'connected',
  'signed_out',
  /** TWS, mobile or another program of the same user has the session. */
  'held_elsewhere',
  'credentials_rejected',
  // Where this service signs in for the owner.
  'needs_code',
  'needs_sent_code',
  'approve_on_phone',
  'locked',
  'sign_in_changed',
  /** The login is paper and the connection live, or the other way round. */
  'wrong_mode',
  /** IBKR asked for fewer calls. */
  'paused',
  'unavailable',
] as const;

export type SessionState = (typeof SESSION_STATES)[number];

/** What is known without asking: besides, `idle` opens again with the next call, and `unused` was never opened. */
export const KNOWN_SESSION_STATES = [...SESSION_STATES, 'idle', 'unused'] as const;

export type KnownSessionState = (typeof KNOWN_SESSION_STATES)[number];
