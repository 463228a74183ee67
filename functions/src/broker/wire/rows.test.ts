import { expect, test } from 'vitest';
import { z } from 'zod';
import { entriesOf, rowsOf } from './rows.ts';

const numbers = rowsOf(z.object({ n: z.number() }));
const named = entriesOf(z.number());

test('a list may be long, and some of its rows not understood', () => {
  const good = Array.from({ length: 19_000 }, (_, n) => ({ n }));
  const bad = Array.from({ length: 1_000 }, () => ({ n: 'x' }));
  const { rows, unread } = numbers.parse([...good, ...bad]);
  expect([rows.length, unread.length]).toEqual([19_000, 1_000]);
});

test('a list that is longer than any, or of something else, is not read', () => {
  expect(numbers.safeParse(Array.from({ length: 20_001 }, (_, n) => ({ n }))).success).toBe(false);
  expect(numbers.safeParse(Array.from({ length: 1_001 }, () => ({ n: 'x' }))).success).toBe(false);
});

test('nor are such entries', () => {
  const record = (count: number, value: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]));
  expect(named.parse(record(20_000, 1)).rows).toHaveLength(20_000);
  expect(named.safeParse(record(20_001, 1)).success).toBe(false);
  expect(named.parse(record(1_000, 'x')).unread).toHaveLength(1_000);
  expect(named.safeParse(record(1_001, 'x')).success).toBe(false);
});
