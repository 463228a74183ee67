import { expect, it } from 'vitest';
import { VirtualSessions } from '../../../bench/keep-alive/virtual-sessions.ts';
import { enqueueKeepAlives } from './schedule.ts';

const MINUTE = 60_000;

it('gives a turn again later where so many wait in the queue that it has not come yet', async () => {
  const start = Date.UTC(2026, 0, 5, 15);
  const sessions = new VirtualSessions(start);
  const inAYear = new Date(start + 365 * 1_440 * MINUTE);
  for (let index = 0; index < 15_000; index++) {
    sessions.set(`waits-${index}`, { keepAliveAt: inAYear, keepAliveQueuedAt: new Date(start) });
  }
  sessions.set('due', { keepAliveAt: new Date(start), keepAliveQueuedAt: null });
  const given = async (minutes: number) => {
    const ids: string[] = [];
    const at = new Date(start + minutes * MINUTE);
    await enqueueKeepAlives({ db: sessions.database() }, at, async (task) => ids.push(...task.connectionIds));
    return ids;
  };
  expect(await given(0)).toEqual(['due']);
  expect(await given(11)).toEqual([]);
  expect(await given(12)).toEqual(['due']);
});
