import type { SessionStatus } from '../api/answers.ts';

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
  if (until !== null) return `${WORDS[state]} until ${clockWords(until)}`;
  // Of a session that rests, when it was last opened says nothing.
  return since === null || state === 'idle' ? WORDS[state] : `${WORDS[state]} since ${clockWords(since)}`;
}

const TIME = new Intl.DateTimeFormat('en-US', { timeStyle: 'short', hourCycle: 'h23' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-US', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** `09:12`, and the day as well when it is not today. */
export function clockWords(iso: string): string {
  const time = new Date(iso);
  const isToday = time.toDateString() === new Date().toDateString();
  return (isToday ? TIME : DAY_AND_TIME).format(time);
}
