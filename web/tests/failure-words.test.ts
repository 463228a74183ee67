import { describe, expect, it } from 'vitest';
import { CONSOLE_ERROR_CODES, ERROR_CODES } from '../../functions/src/contract/failure.ts';
import { failureWords } from '../src/format/failure-words.ts';

const FAILED = 'Something went wrong';

function titleOf(code: string): string {
  const answer = { response: { data: { error: { code, message: 'Why.' } } } };
  return failureWords(Object.assign(new Error(code), { isAxiosError: true, ...answer })).title;
}

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
