import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import type { ConnectionKind } from '@ibkr-gateway/functions/contract/connection-kind';
import { clockTime } from '../../format/numbers.ts';
import { KINDS } from './kinds.ts';

const WORDS: Record<SessionStatus['state'], string> = {
  connected: 'Connected',
  idle: 'Idle: opens again with the next call',
  unused: 'Not used yet',
  signed_out: 'IBKR needs you to sign in',
  held_elsewhere: 'Another program is using this IBKR login',
  credentials_rejected: 'IBKR refused its credentials',
  needs_code: 'IBKR needs a code from your authenticator app',
  needs_sent_code: 'IBKR needs a code that it sends you',
  approve_on_phone: 'IBKR needs your approval on your phone',
  locked: 'Locked at IBKR',
  sign_in_changed: 'IBKR changed its sign-in',
  wrong_mode: 'Paper and live do not match',
  paused: 'Paused: IBKR asks for fewer calls',
  unavailable: 'IBKR cannot be reached',
};

/** `Connected since 09:12`: how a session of a connection of that kind stands. */
export function sessionWords(kind: ConnectionKind, { state, since, until }: SessionStatus): string {
  const words = KINDS[kind].stateWords?.[state] ?? WORDS[state];
  if (until !== null) return `${words} until ${clockTime(until)}`;
  // Of a session that rests, when it was last opened says nothing.
  return since === null || state === 'idle' ? words : `${words} since ${clockTime(since)}`;
}
