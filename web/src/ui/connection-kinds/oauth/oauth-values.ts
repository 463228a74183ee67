import type { Secrets } from '@ibkr-gateway/functions/contract/connection-kind';

/**
 * As typed or pasted; `baseUrl` only where something on the same machine plays IBKR. IBKR gives everybody the same
 * generator and realm: only programs may name others.
 */
export type OAuthValues = Record<Exclude<keyof Secrets<'oauth'>, 'dhGenerator' | 'realm'>, string>;

const MISSING: Record<keyof OAuthValues, string | null> = {
  consumerKey: 'Enter the consumer key that you chose in the portal.',
  accessToken: 'Enter the access token that the portal generated.',
  accessTokenSecret: 'Enter the access token secret that the portal generated.',
  signatureKey: 'Make a key pair above, or paste your private signature key.',
  encryptionKey: 'Make a key pair above, or paste your private encryption key.',
  dhPrime: 'Paste your dhparam.pem.',
  baseUrl: null,
};
const FIELDS = Object.keys(MISSING) as (keyof OAuthValues)[];

export const NOTHING_ENTERED: OAuthValues = {
  consumerKey: '',
  accessToken: '',
  accessTokenSecret: '',
  signatureKey: '',
  encryptionKey: '',
  dhPrime: '',
  baseUrl: '',
};

/** What to say at the fields that have to be filled in and are not. */
export function missingFields(values: OAuthValues): Record<string, string | null> {
  return Object.fromEntries(
    FIELDS.map((field) => [field, values[field].trim() === '' ? MISSING[field] : null]),
  );
}

/** A filled-in form as the API takes it. */
export function oauthSecrets({ baseUrl, ...values }: OAuthValues): Secrets<'oauth'> {
  return baseUrl.trim() === '' ? values : { ...values, baseUrl };
}

/** What is filled in so far. */
export function filledFields(values: OAuthValues): Partial<Secrets<'oauth'>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
}
