import { describe, expect, it } from 'vitest';
import { CONSOLE_ERROR_CODES, ERROR_CODES } from '../../functions/src/contract/failure.ts';
import { failureWords, isSameFailure, textBeyond } from '../src/format/words/failure-words.ts';

const FAILED = 'Something went wrong';

function failureOf(code: string, message = 'Why.'): Error {
  const answer = { response: { data: { error: { code, message } } } };
  return Object.assign(new Error(code), { isAxiosError: true, ...answer });
}

const titleOf = (code: string) => failureWords(failureOf(code)).title;

describe('every failure that the API knows has a title of its own', () => {
  it.each([...CONSOLE_ERROR_CODES, ...ERROR_CODES].filter((code) => code !== 'internal_error'))(
    '%s',
    (code) => {
      expect(titleOf(code)).not.toBe(FAILED);
    },
  );

  it('but a failure of the gateway itself', () => {
    expect(titleOf('internal_error')).toBe(FAILED);
  });
});

it('takes for one failure what reads the same', () => {
  expect(isSameFailure(failureOf('ibkr_timeout'), failureOf('ibkr_unavailable'))).toBe(true);
  expect(isSameFailure(failureOf('ibkr_timeout'), failureOf('ibkr_timeout', 'Because.'))).toBe(false);
  expect(isSameFailure(failureOf('ibkr_timeout'), failureOf('session_expired'))).toBe(false);
});

it('takes for one failure what tells another time to wait', () => {
  const after = (seconds: number, why = 'The limit is reached.') =>
    failureOf('ibkr_rate_limited', `${why} Wait ${seconds} seconds before the next call.`);
  expect(isSameFailure(after(60), after(9))).toBe(true);
  expect(isSameFailure(after(60), after(60, 'It is closed.'))).toBe(false);
});

it.each([
  ['IBKR is away. Wait 9 seconds.', 'Wait 60 seconds.', 'IBKR is away.'],
  ['IBKR is away. Wait.', 'IBKR is away. Wait.', ''],
  ['Order 5 is open. Wait.', 'Order 6 is open.', 'Order 5 is open. Wait.'],
  ['IBKR is away.', null, 'IBKR is away.'],
])('of %j beside %j there is left %j', (text, told, left) => {
  expect(textBeyond(text, told)).toBe(left);
});
