/** What kinds that log in by themselves add to a transport. */

/** A live session token (OAuth 1.0a), or the cookies of a sign-in. */
export interface LiveSession {
  /** Opaque here. It lets calls through, so whoever stores it encrypts it. */
  token: Uint8Array;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** A connection kind that can log itself in (OAuth, managed); the others need a person or nothing. */
export interface Login {
  /**
   * One login exchange with IBKR.
   * @throws {BrokerError} `credentials_rejected` when IBKR refuses them, which is then remembered.
   */
  exchange(): Promise<LiveSession>;
  /** How long one may take, where it takes longer than a call. */
  exchangeMs?: number;
  /** Whether only another exchange helps where IBKR lets calls through but opens no brokerage session for them. */
  isOver?(session: LiveSession): boolean;
  /** Makes every later call with this session. */
  use(session: LiveSession): void;
}
