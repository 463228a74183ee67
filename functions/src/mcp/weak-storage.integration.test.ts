/** Orders while storage is late, fails or loses its answers: none is sent twice, none is said to be what it is not. */
import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { weakStorage } from '../../../local/src/firestore/weak-storage.ts';
import {
  type McpTrader,
  newMcpTrader,
  type ToolAnswer,
  useMcpTraders,
} from '../testing/orders/mcp-trader.ts';

const ORDERS = 3;
const PATIENCE_MS = 120_000;
/** Of all calls of storage. */
const FAILING = 0.08;

let db: Firestore;
const storage = weakStorage();
useMcpTraders(storage, (opened) => {
  db = opened;
});

const quantities = Array.from({ length: ORDERS }, (_, index) => index + 1);

/** What was answered of an order is so, and asking again by its name is answered with it, sent once. */
async function buyOnce(trader: McpTrader, quantity: number): Promise<ToolAnswer> {
  const answer = await trader.buy(quantity);
  const isSent = (await trader.sent()).includes(quantity);
  if (typeof answer?.order_id === 'string') expect(isSent).toBe(true);
  if (answer?.error?.hint.includes('Nothing was sent')) expect(isSent).toBe(false);
  return answer;
}

async function expectSentOnce(trader: McpTrader, bought: readonly number[]): Promise<void> {
  storage.recover();
  await Promise.all(
    bought.map((quantity) =>
      expect
        .poll(async () => (await trader.buy(quantity))?.order_id, { timeout: PATIENCE_MS, interval: 500 })
        .toBeTypeOf('string'),
    ),
  );
  expect((await trader.sent()).toSorted((a, b) => a - b)).toEqual(bought);
}

it('sends an order once whichever of its commits loses its answer', { timeout: PATIENCE_MS }, async () => {
  const trader = await newMcpTrader(db);
  const bought: number[] = [];
  let commits: number;
  do {
    const lost = bought.length + 1;
    commits = 0;
    storage.decide = (rpc) => (rpc === 'Commit' && ++commits === lost ? 'lost' : 'answered');
    expect(await buyOnce(trader, lost)).toMatchObject({ order_id: expect.any(String), state: 'working' });
    bought.push(lost);
  } while (bought.length < commits);
  await expectSentOnce(trader, bought);
  // It is written before and after, and so are its records.
  expect(bought.length).toBeGreaterThan(3);
});

it('sends each order once where storage fails now and then', { timeout: 2 * PATIENCE_MS }, async () => {
  const trader = await newMcpTrader(db);
  const draw = drawn(7);
  storage.decide = () => {
    if (draw() > FAILING) return 'answered';
    return draw() < 0.5 ? 'lost' : 'refused';
  };
  await Promise.all(quantities.map((quantity) => buyOnce(trader, quantity)));
  await expectSentOnce(trader, quantities);
});

it('sends an order once where storage is 2 s late', { timeout: 2 * PATIENCE_MS }, async () => {
  const trader = await newMcpTrader(db);
  storage.decide = () => ({ lateBy: 2_000 });
  await buyOnce(trader, 1);
  await expectSentOnce(trader, [1]);
});

/** Numbers from 0 to 1, the same every time. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
