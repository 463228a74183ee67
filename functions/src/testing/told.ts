import { expect } from 'vitest';
import { inWords } from '../connections/broker-words.ts';

/** Matches an error of the broker by what people are told of it: its code, message, hint and details. */
export function told(expected: Record<string, unknown>) {
  const words = expect.objectContaining(expected);
  return {
    asymmetricMatch: (error: unknown): boolean => words.asymmetricMatch(inWords(error)),
    toString: () => 'told',
    toAsymmetricMatcher: () => `told ${JSON.stringify(expected)}`,
  };
}
