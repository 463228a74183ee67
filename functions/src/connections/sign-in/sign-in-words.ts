/** What signing in to IBKR for a person ends with, in words for that person. */

import type { Problem, ProblemName } from '../../broker/errors.ts';
import type { Words } from '../field-words.ts';

type SignInProblem = Extract<
  ProblemName,
  | 'wrong_password'
  | 'wrong_code'
  | 'codes_refused'
  | 'wrong_mode'
  | 'user_locked'
  | 'code_wanted'
  | 'texted_code_wanted'
  | 'mailed_code_wanted'
  | 'approval_wanted'
  | 'sign_in_waits'
  | 'sign_ins_unanswered'
  | 'sign_in_changed'
>;

const WAITS = {
  busy: ['Another sign-in of this IBKR user is under way.', 'Try again in a minute.'],
  back_off: [
    'The last sign-in to IBKR did not go through, and the next one waits.',
    'It is tried again by itself after a while; testing the connection tries at once.',
  ],
  maintenance: [
    'IBKR maintains its systems at this time, and nobody is signed in meanwhile.',
    'It goes on by itself afterwards.',
  ],
  many_failures: [
    'IBKR did not take several sign-ins of this user in the last day. It would lock the user out after a few more, so none is made now.',
    'Sign in to IBKR in a browser to see that user name and password are right. This goes on by itself a day after the first of them.',
  ],
} as const;

export const SIGN_IN_WORDS: { readonly [N in SignInProblem]: (problem: Problem<N>) => Words } = {
  wrong_password: () => ({
    message: 'IBKR refused the user name and password of this connection.',
    hint: 'Enter them again in the settings of the connection. They are not tried again before that: IBKR locks a user out after ten failures.',
  }),
  wrong_code: () => ({
    message: 'IBKR refused the code of the authenticator app.',
    hint: 'One more is tried in a minute. If that is refused too, no other is.',
  }),
  codes_refused: () => ({
    message: 'IBKR refused two codes of the authenticator app, so no more are sent.',
    hint: 'Enter the activation code again in the settings of the connection, the one that IBKR showed when the app was added last.',
  }),
  wrong_mode: () => ({
    message: 'IBKR says that this user name is for the other mode, paper or live.',
    hint: 'Change the mode of the connection in its settings, or enter the user name of the other account.',
  }),
  user_locked: () => ({
    message: 'IBKR has locked this user name after too many failed sign-ins.',
    hint: 'It is open again after a day, or call IBKR. Then sign in there in a browser once, and test the connection.',
  }),
  code_wanted: ({ isRefused }) =>
    isRefused
      ? { message: 'IBKR refused the code.', hint: 'Type the one that your app shows next.' }
      : {
          message: 'IBKR asks for a code of the authenticator app, and this connection has none stored.',
          hint: 'The owner types the code on the page of the connection.',
        },
  texted_code_wanted: (problem) =>
    sentCodeWords(problem, {
      sent: 'IBKR has sent a code to the phone of this user, by text message.',
      unsent: 'IBKR asks for a code that it sends by text message.',
    }),
  mailed_code_wanted: (problem) =>
    sentCodeWords(problem, {
      sent: 'IBKR has sent a code by e-mail, as it does for a device that is new to it. If none comes, look for a text message.',
      unsent: 'IBKR asks for a code that it sends by e-mail, as it does for a device that is new to it.',
    }),
  approval_wanted({ isSent, isRefused, challenge }) {
    if (isRefused && challenge === null) {
      return {
        message: 'The sign-in was declined in IBKR’s app on the phone.',
        hint: 'If it was you, ask again on the page of the connection. If not, change your password at IBKR.',
      };
    }
    if (isSent && challenge !== null) {
      return {
        message: `${isRefused ? 'IBKR refused the answer. ' : ''}IB Key on the phone wants this challenge: ${challenge}.`,
        hint: 'Enter it there, and type here what the app answers.',
      };
    }
    return isSent
      ? {
          message: 'IBKR asks in its app on the phone whether this sign-in is yours.',
          hint: 'Approve it there. This page goes on by itself.',
        }
      : {
          message: 'IBKR wants a yes in its app on the phone.',
          hint: 'The owner asks for it on the page of the connection, once a session. With an authenticator app instead, no person is needed.',
        };
  },
  sign_in_waits({ why }) {
    const [message, hint] = WAITS[why];
    return { message, hint };
  },
  sign_ins_unanswered: () => ({
    message:
      'IBKR did not answer two sign-ins in a row, so it is not known whether it counts them as failed.',
    hint: 'Sign in to IBKR in a browser to see that all is well there, then test the connection.',
  }),
  sign_in_changed: ({ what }) => ({
    message: `IBKR changed its sign-in${what === null ? '' : ` (${what})`}, so this service does not go on with it.`,
    hint: 'Sign in to IBKR in a browser once: it may show a message there first. If that is all right, tell the operator.',
  }),
};

function sentCodeWords(
  { isSent, isRefused }: { isSent: boolean; isRefused: boolean },
  { sent, unsent }: { sent: string; unsent: string },
): Words {
  if (isRefused)
    return { message: 'IBKR refused the code.', hint: 'Type it again, or have another one sent.' };
  return isSent
    ? { message: sent, hint: 'Type it here within five minutes.' }
    : { message: unsent, hint: 'The owner has it sent, and types it, on the page of the connection.' };
}
