/** Ways to IBKR, what each signs in with, and what an account there is. */

import { z } from 'zod';

/**
 * What a connection signs in with, as its owner enters it, by kind: the one list of kinds, but for the sandbox, which
 * signs in with nothing.
 */
export const SECRETS = {
  /** How a Client Portal Gateway is reached. */
  gateway: z.object({
    url: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
    /** PEM, or the SHA-256 fingerprint of the gateway's own certificate. */
    ca: z.string().optional(),
  }),
  /** What a person signs in to IBKR with. */
  managed: z.object({
    username: z.string(),
    password: z.string(),
    /** The activation code of an authenticator app; without it, its owner is asked for codes. */
    totpSecret: z.string().optional(),
    /** Only on one's own machine: where something plays IBKR. */
    signInUrl: z.string().optional(),
  }),
  /** Keys are PEM. */
  oauth: z.object({
    consumerKey: z.string(),
    accessToken: z.string(),
    accessTokenSecret: z.string(),
    signatureKey: z.string(),
    encryptionKey: z.string(),
    dhPrime: z.string(),
    dhGenerator: z.union([z.number(), z.string()]).optional(),
    realm: z.string().optional(),
    /** Only on one's own machine: where something plays IBKR. */
    baseUrl: z.string().optional(),
  }),
};

/** Those that sign in with something. */
export type KindWithSecrets = keyof typeof SECRETS;
export type ConnectionKind = 'sandbox' | KindWithSecrets;
export type Secrets<Kind extends KindWithSecrets = KindWithSecrets> = z.input<(typeof SECRETS)[Kind]>;

export const KINDS_WITH_SECRETS = Object.keys(SECRETS) as KindWithSecrets[];
export const CONNECTION_KINDS: readonly ConnectionKind[] = ['sandbox', ...KINDS_WITH_SECRETS];

export const ACCOUNT_MODES = ['paper', 'live'] as const;
/** What the owner says the account is; checked against what IBKR says of it. */
export type AccountMode = (typeof ACCOUNT_MODES)[number];
