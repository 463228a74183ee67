import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

test('where too much arrives, whoever sends most loses its longest body', () => {
  const given: string[] = [];
  const arrivals = new Arrivals(80);
  const begin = (source: string, name: string) => arrivals.begin(source, () => given.push(name));
  const hers = begin('Alice', 'hers');
  const short = begin('Mallory', 'short');
  const long = begin('Mallory', 'long');
  hers.add(30);
  short.add(20);
  long.add(30);
  expect(given).toEqual([]);
  hers.add(1);
  expect(given).toEqual(['long']);
  hers.add(20);
  expect(given).toEqual(['long']);
  hers.end();
  for (let turn = 0; turn < 3; turn += 1) short.add(20);
  expect(given).toEqual(['long']);
  short.add(1);
  expect(given).toEqual(['long', 'short']);
});

test('somebody with many bodies, each shorter than another’s, is who sends most', () => {
  const given: string[] = [];
  const arrivals = new Arrivals(80);
  const hers = arrivals.begin('Alice', () => given.push('hers'));
  hers.add(20);
  for (let turn = 0; turn < 20; turn += 1) arrivals.begin('Mallory', () => given.push('his')).add(10);
  expect(new Set(given)).toEqual(new Set(['his']));
});

test('what has ended counts no more', () => {
  let isGivenUp = false;
  const arrivals = new Arrivals(20);
  for (let turn = 0; turn < 10; turn += 1) {
    const arrival = arrivals.begin('Alice', () => {
      isGivenUp = true;
    });
    arrival.add(20);
    arrival.end();
  }
  expect(isGivenUp).toBe(false);
});
