import { expect, it } from 'vitest';
import { logged } from '../testing/logged.ts';
import { isCountedBy } from '../testing/monitoring.ts';
import { doAll } from './do-all.ts';

it('does everything, whatever fails, and says in the end what did', async () => {
  const done: string[] = [];
  const parts = {
    first: async () => {
      throw new Error('no queue');
    },
    second: async () => done.push('second'),
    third: () => Promise.reject(new Error('no storage')),
    fourth: async () => done.push('fourth'),
  };
  await expect(doAll(parts)).rejects.toThrow('Of the schedule failed: first, third.');
  expect(done).toEqual(['second', 'fourth']);
  const lines = logged('ERROR');
  for (const metric of ['schedule_failed', 'errors'])
    expect(lines.map((line) => isCountedBy(metric, line))).toEqual([true, true]);
  await doAll({ only: async () => done.push('only') });
  expect(done).toHaveLength(3);
});
