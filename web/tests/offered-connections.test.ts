import { expect, it } from 'vitest';
import { FEW, offeredOf } from '../src/features/consent/offered-connections.ts';

const connections = Array.from({ length: 78 }, (_, index) => ({
  label: `Client ${index}`,
  accounts: [`••••${index + 100}`],
}));
const last = connections.at(-1);

it('offers few of many, so that the answer is in reach, and the chosen one always', () => {
  expect(offeredOf(connections, undefined, '')).toEqual(connections.slice(0, FEW));
  expect(offeredOf(connections, last, '')).toEqual([...connections.slice(0, FEW), last]);
});

it('finds each by a part of its name or account', () => {
  expect(offeredOf(connections, undefined, ' client 77 ')).toEqual([last]);
  expect(offeredOf(connections, undefined, '177')).toEqual([last]);
  expect(offeredOf(connections, last, 'nothing like it')).toEqual([last]);
});
