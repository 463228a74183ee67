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
  | 'sent_code_wanted'
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
    'IBKR is maintaining its systems, and nobody can sign in until it is done.',
    'The sign-in is tried again by itself afterwards.',
  ],
  many_failures: [
    'IBKR did not take several sign-ins of this user in the last day. It would lock the user out after a few more, so none is made now.',
    'Sign in to IBKR in a browser to check that username and password are right. The next sign-in here is tried by itself a day after the first of them.',
  ],
} as const;

/** Of a second factor that its owner chose. */
const NOT_OFFERED = {
  app: 'IBKR does not take a code of an authenticator app from this user now.',
  phone: 'IBKR does not let this user approve on the phone now.',
  message: 'IBKR does not send this user a code now.',
} as const;

export const SIGN_IN_WORDS: { readonly [N in SignInProblem]: (problem: Problem<N>) => Words } = {
  wrong_password: () => ({
    message: 'IBKR refused the username and password of this connection.',
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
    message: 'IBKR says that this username is for the other mode, paper or live.',
    hint: 'Change the mode of the connection in its settings, or enter the username of the other account.',
  }),
  user_locked: () => ({
    message: 'IBKR has locked this username after too many failed sign-ins.',
    hint: 'It is open again after a day, or call IBKR. Then sign in there in a browser once, and test the connection.',
  }),
  code_wanted({ isRefused, notOffered }) {
    if (notOffered !== null) {
      return {
        message: `${NOT_OFFERED[notOffered]} It asks for a code of the authenticator app.`,
        hint: 'The owner enters the code on the page of the connection.',
      };
    }
    return isRefused
      ? { message: 'IBKR refused the code.', hint: 'Type the one that your app shows next.' }
      : {
          message: 'IBKR asks for a code of the authenticator app.',
          hint: 'The owner enters the code on the page of the connection. With the activation code stored, nobody has to.',
        };
  },
  sent_code_wanted({ isSent, isRefused, notOffered }) {
    if (isRefused) {
      return { message: 'IBKR refused the code.', hint: 'Type it again, or have another one sent.' };
    }
    if (isSent) {
      return {
        message: 'IBKR has sent a code to this user, by email or text message.',
        hint: 'Look in both, and type it here within five minutes.',
      };
    }
    return {
      message:
        notOffered === null
          ? 'IBKR asks for a code that it sends by email or text message, as it does for a device that is new to it.'
          : `${NOT_OFFERED[notOffered]} It asks for a code that it sends by email or text message.`,
      hint: 'The owner requests the code and enters it on the page of the connection.',
    };
  },
  approval_wanted({ isSent, isRefused, challenge, notOffered }) {
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
          hint: 'Approve it there. This page then continues by itself.',
        }
      : {
          message: `${notOffered === null ? '' : `${NOT_OFFERED[notOffered]} `}IBKR asks for approval in its app on the phone.`,
          hint: 'The owner requests it on the page of the connection, once a session. With an authenticator app instead, nobody has to.',
        };
  },
  sign_in_waits({ why }) {
    const [message, hint] = WAITS[why];
    return { message, hint };
  },
  sign_ins_unanswered: () => ({
    message:
      'IBKR did not answer two sign-ins in a row, so it is not known whether it counts them as failed.',
    hint: 'Sign in to IBKR in a browser to check that it works there, then test the connection.',
  }),
  sign_in_changed: ({ what }) => ({
    message: `IBKR changed its sign-in${what === null ? '' : ` (${what})`}, so this service stopped.`,
    hint: 'Sign in to IBKR in a browser once: it may show a message there first. If it does not, tell the operator.',
  }),
};
