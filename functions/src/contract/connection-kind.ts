/** Ways to IBKR, and what an account there is. */

export const CONNECTION_KINDS = ['sandbox', 'gateway', 'oauth'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];
/** Those that sign in with something. */
export type KindWithSecrets = Exclude<ConnectionKind, 'sandbox'>;

export const ACCOUNT_MODES = ['paper', 'live'] as const;
/** What the owner says the account is; checked against what IBKR says of it. */
export type AccountMode = (typeof ACCOUNT_MODES)[number];
