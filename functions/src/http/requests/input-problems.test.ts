import { expect, it } from 'vitest';
import { z } from 'zod';
import { inputProblems } from './input-problems.ts';

const schema = z.strictObject({
  scope: z.enum(['read', 'write']),
  limits: z.strictObject({ symbols: z.array(z.string()).optional() }).optional(),
});

function problems(input: unknown) {
  const { error } = schema.safeParse(input);
  return error === undefined ? null : inputProblems(error);
}

it('names each field once, unknown ones too', () => {
  expect(problems({ scope: 'admin', limits: { symbols: [1], max: 1 }, owner: 'bob', x: 1 })).toEqual({
    message: expect.stringMatching(
      /^scope: .+; limits\.symbols\.0: .+; limits\.max: .+; owner: .+; x: [^;]+$/,
    ),
    fields: {
      scope: expect.stringContaining('"read"'),
      'limits.symbols.0': expect.any(String),
      'limits.max': 'There is no such field.',
      owner: 'There is no such field.',
      x: 'There is no such field.',
    },
  });
});

it('is one line', () => {
  expect(problems({ scope: 'admin' })?.message).not.toMatch(/[\n✖→]/);
});

it('names no field where the whole is wrong', () => {
  expect(problems(null)).toEqual({ message: expect.stringContaining('object'), fields: {} });
});

it.each([
  [z.string().max(40), 'a'.repeat(41), 'At most 40 characters.'],
  [z.string().min(1), '', 'At least 1 character.'],
  [z.array(z.string()).max(2), ['a', 'b', 'c'], 'At most 2 items.'],
  [z.number().positive(), 0, 'More than 0.'],
  [z.number().int().max(5), 6, 'At most 5.'],
  [z.string().max(2, 'Two letters.'), 'abc', 'Two letters.'],
])('says what is too much as people do', (of, input, words) => {
  const { error } = z.object({ of }).safeParse({ of: input });
  expect(error && inputProblems(error).fields).toEqual({ of: words });
});
