/** What is said of an order, and when, while storage answers nothing. */
import type { Firestore } from 'firebase-admin/firestore';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { weakStorage } from '../../../local/src/firestore/weak-storage.ts';
import { newMcpTrader, useMcpTraders } from '../testing/orders/mcp-trader.ts';

const PATIENCE_MS = 240_000;
const FUNCTION_ENDS_MS = 60_000;

let db: Firestore;
const storage = weakStorage();
useMcpTraders(storage, (opened) => {
  db = opened;
});

// One clock for all that runs here, which goes on as real time does where it is not moved.
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true });
});
afterAll(() => {
  storage.hangUp();
  vi.useRealTimers();
});

it.each([
  ['the record that it was asked for is written', 'at', 1, 'internal_error'],
  ['it is read what is known of it', 'after', 1, 'internal_error'],
  ['it is let in', 'at', 2, 'internal_error'],
  ['it may leave', 'after', 2, 'not_placed'],
  ['what became of it is written', 'at', 3, 'order_state_unknown'],
] as const)(
  'says in time what is so of an order when storage falls silent as %s',
  { timeout: PATIENCE_MS },
  async (_, where, commit, code) => {
    const trader = await newMcpTrader(db);
    const silent = Promise.withResolvers<void>();
    let commits = 0;
    storage.decide = (rpc, written) => {
      const ended = commits >= commit;
      // When a session or a key was used is written at any time, and what became of another order may come late.
      const isOfCall = written.some((path) => /^(orderIntents|audit)\//.test(path));
      const isOwn = written.some((path) => path.includes(trader.connection.id));
      if (rpc === 'Commit' && isOfCall && isOwn) commits += 1;
      if (where === 'after' ? !ended : commits < commit) return 'answered';
      silent.resolve();
      return 'silent';
    };
    const answering = trader.buy(1);
    await silent.promise;
    await vi.advanceTimersByTimeAsync(FUNCTION_ENDS_MS);
    const { error } = (await answering) ?? {};
    const isSent = (await trader.sent()).length > 0;
    expect([error?.code, isSent]).toEqual([code, code === 'order_state_unknown']);
    expect(JSON.stringify(error)).toContain(isSent ? 'not known' : 'Nothing was');
    storage.recover();
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await trader.buy(1)).toMatchObject({ order_id: expect.any(String) });
    }, PATIENCE_MS);
    expect(await trader.sent()).toHaveLength(1);
  },
);
