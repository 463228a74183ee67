import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { perDatabase } from './per-database.ts';

it('keeps one thing for each database, made as it was first asked for', () => {
  const [one, other] = [{}, {}] as Firestore[];
  if (one === undefined || other === undefined) throw new Error('not made');
  const listOf = perDatabase((first: string) => [first]);
  listOf(one, 'a').push('b');
  expect(listOf(one, 'c')).toEqual(['a', 'b']);
  expect(listOf(other, 'c')).toEqual(['c']);
});
