import { expect, test } from 'vitest';
import { arrivalFrom } from './arriving-answers.ts';

const MIB = 1_048_576;

test('where too much arrives, whoever sends most loses its longest answer', () => {
  const [alice, mallory] = [{}, {}];
  const given: string[] = [];
  const arrivals = {
    hers: arrivalFrom(alice, () => given.push('hers')),
    short: arrivalFrom(mallory, () => given.push('short')),
    long: arrivalFrom(mallory, () => given.push('long')),
  };
  arrivals.hers.add(3 * MIB);
  arrivals.short.add(2 * MIB);
  arrivals.long.add(3 * MIB);
  expect(given).toEqual([]);
  arrivals.hers.add(1);
  expect(given).toEqual(['long']);
  arrivals.hers.add(2 * MIB);
  expect(given).toEqual(['long']);
  arrivals.hers.end();
  for (let turn = 0; turn < 3; turn += 1) arrivals.short.add(2 * MIB);
  expect(given).toEqual(['long']);
  arrivals.short.add(1);
  expect(given).toEqual(['long', 'short']);
  for (const { end } of Object.values(arrivals)) end();
});

test('what has ended counts no more', () => {
  let isGivenUp = false;
  for (let turn = 0; turn < 10; turn += 1) {
    const arrival = arrivalFrom({}, () => {
      isGivenUp = true;
    });
    arrival.add(2 * MIB);
    arrival.end();
  }
  expect(isGivenUp).toBe(false);
});
