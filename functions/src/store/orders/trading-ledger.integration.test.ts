/** Whether orders are let in as if nobody else existed, though of a new one nothing is read. */
import { randomUUID } from 'node:crypto';
import type { Firestore } from 'firebase-admin/firestore';
import { beforeEach, describe, expect, it } from 'vitest';
import { useWeakFirestore } from '../../testing/firestore.ts';
import { newIntent } from '../../trading/domain/intent.ts';
import { NO_CENTS } from '../../trading/domain/money.ts';
import type { ReportedState } from '../../trading/domain/trading-state.ts';
import type { Decided } from '../../trading/domain/transition.ts';
import { createConnection } from '../connections.ts';
import { findIntent } from './order-intents.ts';
import { findLedger, newIntentTransaction, readLedger, reportTransaction } from './trading-ledger.ts';

let db: Firestore;
const storage = useWeakFirestore((opened) => {
  db = opened;
});

let connectionId: string;
beforeEach(async () => {
  const fields = { ownerUid: `u${randomUUID()}`, kind: 'sandbox', mode: 'paper', label: 'Mine' } as const;
  connectionId = (await createConnection(db, fields)).connection.id;
});

/** Counts one order more, and notes which that is. */
function countOne(id: string) {
  return ({ ledger, intent }: ReportedState): Decided<number> => {
    const orders = ledger.total.orders + 1;
    const app = { id: 'app', label: '', name: 'app', source: 'api_key' } as const;
    const drafted = { id, connectionId, ownerUid: 'u', app, clientOrderId: null, order: '{}', orderHash: '' };
    const draft = newIntent({ ...drafted, preview: null, conid: 1, mode: 'none', now: new Date() });
    return {
      ledger: { ...ledger, day: '2026-11-29', total: { orders, value: NO_CENTS } },
      intent: { ...(intent ?? draft), orders },
      result: orders,
    };
  };
}

async function admitNew() {
  const id = randomUUID();
  return { id, result: await newIntentTransaction(db, connectionId, id, countOne(id)) };
}

async function counted(): Promise<number> {
  return (await findLedger(db, connectionId)).total.orders;
}

it('of many that are let in at once each is counted', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, admitNew));
  expect(results.map(({ result }) => result).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect(await counted()).toBe(20);
});

it('a commit whose answer was lost is made once', async () => {
  let commits = 0;
  storage.decide = (rpc) => (rpc === 'Commit' && ++commits === 1 ? 'lost' : 'answered');
  const { id, result } = await admitNew();
  expect(result).toBe(1);
  expect(await counted()).toBe(1);
  expect(await findIntent(db, connectionId, id)).toMatchObject({ orders: 1 });
});

describe('an order of which everything is known', () => {
  /** Let in, and seen right before it leaves. */
  async function admitAndSee() {
    const { id } = await admitNew();
    const intent = await findIntent(db, connectionId, id);
    const { ledger, updateTime } = await readLedger(db, connectionId);
    if (intent === null || updateTime === undefined) throw new Error('It was not written.');
    return { id, seen: { ledger, intent, updateTime } };
  }

  it('is written without reading anything', async () => {
    const { id, seen } = await admitAndSee();
    const asked: string[] = [];
    storage.decide = (rpc) => {
      asked.push(rpc);
      return 'answered';
    };
    expect(await reportTransaction(db, connectionId, id, countOne(id), seen)).toBe(2);
    expect(asked).toEqual(['Commit']);
    storage.recover();
    expect(await counted()).toBe(2);
    expect(await findIntent(db, connectionId, id)).toMatchObject({ orders: 2 });
  });

  it('is read again where another order was let in meanwhile, which stays counted', async () => {
    const { id, seen } = await admitAndSee();
    await admitNew();
    expect(await reportTransaction(db, connectionId, id, countOne(id), seen)).toBe(3);
    expect(await counted()).toBe(3);
  });

  it('is read again where it was written meanwhile, the ledger apart', async () => {
    const { id, seen } = await admitAndSee();
    await db.collection('orderIntents').doc(id).update({ reason: 'found' });
    await reportTransaction(db, connectionId, id, countOne(id), seen);
    expect(await findIntent(db, connectionId, id)).toMatchObject({ orders: 2, reason: 'found' });
  });

  it.each([1, 2])('is written once though the answers to %d commits are lost', async (lost) => {
    const { id, seen } = await admitAndSee();
    let commits = 0;
    storage.decide = (rpc) => (rpc === 'Commit' && ++commits <= lost ? 'lost' : 'answered');
    expect(await reportTransaction(db, connectionId, id, countOne(id), seen)).toBe(2);
    storage.recover();
    expect(await counted()).toBe(2);
  });
});
