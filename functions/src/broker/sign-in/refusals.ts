/** What IBKR's sign-in says when it does not let somebody in, as facts. */

import { BrokerError } from '../errors.ts';

/** In the words of its page. */
const REFUSALS = [
  [/correct login mode|(live|paper)[^.]*mode[^.]*(paper|live)/i, 'wrong_mode'],
  [/security code|passcode/i, 'wrong_code'],
  [/locked|too many|max(imum)?[ _]login/i, 'user_locked'],
  [/username|password|^failed\.?$/i, 'wrong_password'],
] as const;

/** All that is read of a text: IBKR's are of a line or two. */
const MOST_CHARACTERS = 500;

const PASSWORD_ACTIONS = ['INIT', 'COMPLETEAUTH'];

/**
 * The error that a text of IBKR's stands for; one that is not known is no refusal, but a change.
 * @param action What it answers: after the password was right, a plain "failed" is not about it.
 */
export function refusalIn(text: string, action: string): BrokerError {
  const [, name] = REFUSALS.find(([words]) => words.test(text.slice(0, MOST_CHARACTERS))) ?? [];
  if (name === undefined) return signInChanged(action);
  if (name !== 'wrong_password' || PASSWORD_ACTIONS.includes(action)) return new BrokerError({ name });
  return action === 'COMPLETETWOFACT' ? new BrokerError({ name: 'wrong_code' }) : signInChanged(action);
}

/** IBKR's sign-in is not the one that is known here. @param what Which part of it. */
export function signInChanged(what: string): BrokerError {
  return new BrokerError({ name: 'sign_in_changed', what });
}
