import { expect, it } from 'vitest';
import { VirtualSessions } from '../../../bench/keep-alive/virtual-sessions.ts';
import { logged } from '../testing/logged.ts';
import { isCountedBy } from '../testing/monitoring.ts';
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

it('tells operators of turns that come too late', async () => {
  const start = Date.UTC(2026, 0, 5, 15);
  const late = async (keepAlive: { keepAliveAt: Date; keepAliveQueuedAt: Date | null }, minutes: number) => {
    const sessions = new VirtualSessions(start);
    sessions.set('due', keepAlive);
    const before = logged('WARNING').length;
    await enqueueKeepAlives({ db: sessions.database() }, new Date(start + minutes * MINUTE), async () => {});
    return logged('WARNING')
      .slice(before)
      .filter((line) => isCountedBy('keep_alive_late', line));
  };
  const due = new Date(start);
  expect(await late({ keepAliveAt: due, keepAliveQueuedAt: null }, 2)).toEqual([]);
  expect(await late({ keepAliveAt: due, keepAliveQueuedAt: null }, 3)).toMatchObject([{ seconds: 180 }]);
  // A task that had the turn is lost.
  const given = new Date(start - 10 * MINUTE);
  expect(await late({ keepAliveAt: due, keepAliveQueuedAt: given }, 0)).toMatchObject([{ seconds: 600 }]);
});
