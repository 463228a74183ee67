/** What a `managed` connection signs in with, checked as far as that can be done without IBKR. */

import type { Secret } from 'otpauth';
import { isLoopbackHost, type Network } from '../../network/public-address.ts';
import { BrokerError, type FieldFault } from '../errors.ts';
import { faultsOf, type Unfinished } from '../transport/field-faults.ts';
import { parseTotpSecret } from './one-time-code.ts';
import type { Person } from './sign-in.ts';

/** As its owner enters it. */
export interface ManagedInput {
  username: string;
  password: string;
  totpSecret?: string | undefined;
  signInUrl?: string | undefined;
}

export interface ManagedCredentials extends Person {
  /** Null: its owner is asked for codes. */
  totpSecret: Secret | null;
  signInUrl: URL;
  apiUrl: URL;
}

const SIGN_IN_URL = 'https://ndcdyn.interactivebrokers.com';
const API_URL = 'https://api.ibkr.com/v1/api';

/** @throws {BrokerError} `invalid`, naming the field. */
export function parseManagedCredentials(
  input: ManagedInput,
  isPaper: boolean,
  network: Network,
): ManagedCredentials {
  const signInUrl = parseSignInUrl(input.signInUrl, network);
  return {
    username: checkUsername(input.username),
    password: checkPassword(input.password),
    isPaper,
    totpSecret: input.totpSecret === undefined ? null : parseSecret(input.totpSecret),
    signInUrl: signInUrl ?? new URL(SIGN_IN_URL),
    apiUrl: signInUrl === null ? new URL(API_URL) : new URL('/v1/api', signInUrl),
  };
}

/** The same check of a form that is being filled in. */
export function managedFaults(
  { username, password, totpSecret, signInUrl }: Unfinished<ManagedInput>,
  network: Network,
): Promise<Map<string, BrokerError>> {
  return faultsOf([
    () => username !== undefined && checkUsername(username),
    () => password !== undefined && checkPassword(password),
    () => totpSecret !== undefined && parseSecret(totpSecret),
    () => signInUrl !== undefined && parseSignInUrl(signInUrl, network),
  ]);
}

function checkUsername(entered: string): string {
  const username = entered.trim();
  if (!/^[\w.@+-]{3,64}$/.test(username)) throw invalid('username', { is: 'malformed' });
  return username;
}

function checkPassword(password: string): string {
  if (password.length === 0 || password.length > 128) throw invalid('password', { is: 'malformed' });
  return password;
}

function parseSecret(text: string): Secret {
  const secret = parseTotpSecret(text);
  if (secret === null) throw invalid('totpSecret', { is: 'not_activation_code' });
  return secret;
}

/** Something that plays IBKR on the same machine; null for IBKR. */
function parseSignInUrl(text: string | undefined, { localMode }: Network): URL | null {
  if (text === undefined) return null;
  if (!localMode) throw invalid('signInUrl', { is: 'not_settable' });
  const url = URL.parse(text);
  const isHere = url !== null && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname);
  if (!isHere) throw invalid('signInUrl', { is: 'not_on_this_machine' });
  return url;
}

function invalid(field: keyof ManagedInput, fault: FieldFault): BrokerError {
  return new BrokerError({ name: 'field', field, fault });
}
