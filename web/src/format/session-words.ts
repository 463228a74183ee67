import type { SessionStatus } from '@ibkr-gateway/functions/contract/connection';
import { clockTime } from './numbers.ts';

const WORDS: Record<SessionStatus['state'], string> = {
  connected: 'Connected',
  idle: 'Resting: opens again with the next call',
  unused: 'Not used yet',
  signed_out: 'IBKR needs you to log in',
  held_elsewhere: 'Another session is using this login',
  credentials_rejected: 'IBKR refused its credentials',
  wrong_mode: 'Paper and live are mixed up',
  paused: 'Paused: IBKR asks for fewer calls',
  unavailable: 'IBKR cannot be reached',
};

/** `Connected since 09:12` */
export function sessionWords({ state, since, until }: SessionStatus): string {
  if (until !== null) return `${WORDS[state]} until ${clockTime(until)}`;
  // Of a session that rests, when it was last opened says nothing.
  return since === null || state === 'idle' ? WORDS[state] : `${WORDS[state]} since ${clockTime(since)}`;
}
