import { describe, expect, it } from 'vitest';
import { CONSOLE_ERROR_CODES, ERROR_CODES } from '../../functions/src/contract/failure.ts';
import { failureWords, isSameFailure } from '../src/format/words/failure-words.ts';

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
