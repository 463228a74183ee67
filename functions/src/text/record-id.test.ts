import { expect, it } from 'vitest';
import { recordId } from './record-id.ts';

it.each(['a', 'x9_-Z', '_', '__', '__x', 'x__', 'a'.repeat(128)])('takes %j', (id) => {
  expect(recordId.safeParse(id).success).toBe(true);
});

it.each(['', '.', '..', 'a/b', 'a b', '__x__', '____', 'a\n', 'a\u0000', 'é', 'a'.repeat(129)])(
  'takes %j for no id',
  (id) => {
    expect(recordId.safeParse(id).success).toBe(false);
  },
);
