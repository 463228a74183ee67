/** What becomes of orders when answers are lost, questions lapse and several go out at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { cancelOrder, getOrderStatus } from '../../broker/orders/orders.ts';
import { GatewayError } from '../../errors.ts';
import { updateConnection } from '../../store/connections.ts';
import { yesTo } from '../../testing/orders/risk-inputs.ts';
import { FAR, MARKET, newTrader, type Trader, useOrders } from '../../testing/orders/trader.ts';
import { recordReport } from './context.ts';
import { refresh } from './reconcile.ts';
import { acceptWarnings, approve, approveWaiting, rejectWaiting } from './submit.ts';

useOrders();

const NO_QUESTION = { accepts: ['o163', 'o10151'] };
/** Too short to wait until a lost order must have arrived: it stays unknown. */
const HASTY = { budgetMs: 6_000 };
const WAIT = { timeout: 60_000 };
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };
const CHANGES = { method: 'POST', path: '/iserver/account/*/order/*' };

async function failure(call: Promise<unknown>): Promise<GatewayError> {
  const error = await call.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof GatewayError)) throw new Error(`It should have failed: ${String(error)}`);
  return error;
}

/** A change of the order whose answer was lost, with IBKR unreachable afterwards. */
async function lostChange(trader: Trader, orderId: string, kind: 'reset' | 'reset_after_accept') {
  await trader.sandbox.fault({ kind, match: CHANGES, times: 1 });
  await trader.sandbox.fault({ kind: 'status', status: 503, match: { path: '/iserver/account/orders' } });
  const lost = await trader.place({ quantity: 5 }, { context: trader.context(HASTY), modifies: orderId });
  expect(lost.state).toBe('unknown');
  await trader.sandbox.endFaults();
  return lost;
}

/** IBKR forgets the order itself. */
async function listOnlyExecutions(trader: Trader, orderId: string | null, sizes: number[]): Promise<void> {
  const executions = sizes.map((size, index) => ({
    execution_id: `e${index}`,
    order_id: Number(orderId),
    conid: 4815747,
    symbol: 'NVDA',
    side: 'B',
    size,
    price: '98.0',
    account: trader.accountId,
  }));
  const answers = [
    { path: '/iserver/account/orders', status: 200, body: { orders: [], snapshot: true } },
    { path: '/iserver/account/trades', status: 200, body: executions },
    {
      path: '/iserver/account/order/status/*',
      status: 503,
      body: { error: `Order ${orderId} is not found` },
    },
  ];
  for (const { path, ...answer } of answers)
    await trader.sandbox.fault({ kind: 'status', ...answer, match: { path } });
}

describe.concurrent('a change whose answer was lost', () => {
  const arrived = () => delay(15_500);

  it('is found made', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const lost = await lostChange(trader, ibkrOrderId ?? '', 'reset_after_accept');
    expect(await refresh(trader.context(), lost)).toMatchObject({ state: 'working', ibkrOrderId });
  });

  it('is found made of a trailing stop, though its stop has moved on', async () => {
    const trader = await newTrader();
    const price = (last: number) => ({ conid: 265598, last, bid: last - 0.1, ask: last + 0.1 });
    await trader.sandbox.control('prices', price(200));
    const trading = (budgetMs = 22_000) => trader.context({ accepts: ['o10331'], budgetMs });
    const sale = { conid: 265598, side: 'SELL', orderType: 'TRAIL', limitPrice: undefined } as const;
    const trailing = { ...sale, trailingAmount: 5, stopPrice: 195 };
    const { ibkrOrderId } = await trader.place({ ...trailing, quantity: 2 }, { context: trading() });
    await trader.sandbox.fault({ kind: 'reset_after_accept', match: REPLIES, times: 1 });
    await trader.sandbox.fault({ kind: 'status', status: 503, match: { path: '/iserver/account/orders' } });
    const modifies = ibkrOrderId ?? '';
    const lost = await trader.place(trailing, { context: trading(HASTY.budgetMs), modifies });
    expect(lost.state).toBe('unknown');
    await trader.sandbox.endFaults();
    await trader.sandbox.control('prices', price(210));
    await vi.waitFor(async () => expect(await trader.orders()).toMatchObject([{ quantity: 1 }]), WAIT);
    expect(await getOrderStatus(trading().ibkr, trader.accountId, modifies)).not.toMatchObject({
      stopPrice: 195,
    });
    expect(await refresh(trading(), lost)).toMatchObject({ state: 'working', ibkrOrderId });
  });

  it('is found not made', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const lost = await lostChange(trader, ibkrOrderId ?? '', 'reset');
    await arrived();
    expect(await refresh(trader.context(), lost)).toMatchObject({
      state: 'not_placed',
      reason: 'The answer was lost, and IBKR has the order as it was, Submitted.',
    });
    expect(await trader.orders()).toMatchObject([{ quantity: 1, status: 'Submitted' }]);
  });

  it('ends when IBKR has nothing of the order any more', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const lost = await lostChange(trader, ibkrOrderId ?? '', 'reset');
    await trader.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: { path: '/iserver/account/orders' },
    });
    const found = await refresh(trader.context(), lost);
    expect(found).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('no longer lists the order'),
    });
  });

  it('ends filled when IBKR has only executions of the order', async () => {
    const trader = await newTrader();
    const { ibkrOrderId } = await trader.place();
    const lost = await lostChange(trader, ibkrOrderId ?? '', 'reset_after_accept');
    await listOnlyExecutions(trader, ibkrOrderId, [2, 3]);
    expect(await refresh(trader.context(), lost)).toMatchObject({
      state: 'filled',
      filledQuantity: 5,
      averagePrice: 98,
    });
  });
});

describe.concurrent('an order that IBKR no longer lists', () => {
  it('ends, with what is known of it', async () => {
    const trader = await newTrader();
    const placed = await trader.place();
    const notFound = { error: `Order ${placed.ibkrOrderId} is not found`, statusCode: 503 };
    await trader.sandbox.fault({
      kind: 'status',
      status: 503,
      body: notFound,
      match: { path: '/iserver/account/order/status/*' },
    });
    expect(await refresh(trader.context(), placed)).toMatchObject({ state: 'working' });
    await trader.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: { path: '/iserver/account/orders' },
    });
    expect(await refresh(trader.context(), placed)).toMatchObject({ state: 'cancelled' });
  });

  it('has filled only in part when it had been made larger', async () => {
    const trader = await newTrader();
    const placed = await trader.place();
    const { ibkrOrderId } = placed;
    await trader.place({ quantity: 5 }, { modifies: ibkrOrderId ?? '' });
    await listOnlyExecutions(trader, ibkrOrderId, [2]);
    expect(await refresh(trader.context(), placed)).toMatchObject({
      state: 'cancelled',
      filledQuantity: 2,
      reason: expect.stringContaining('2 executed'),
    });
  });

  it('has filled what it is known to have, when IBKR tells of less', async () => {
    const trader = await newTrader();
    const { id, ibkrOrderId } = await trader.place({ quantity: 5 });
    const fills = { filledQuantity: 3, averagePrice: 97 };
    const known = await recordReport(trader.context(), id, { state: 'working', note: 'read', ...fills });
    await listOnlyExecutions(trader, ibkrOrderId, [2]);
    expect(await refresh(trader.context(), known)).toMatchObject({ state: 'cancelled', ...fills });
  });
});

describe.concurrent('an order that certainly was not placed', () => {
  it('is told of as such, and may be placed again at once', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'status', status: 503, match: { path: '/iserver/auth/*' } });
    const error = await failure(trader.place());
    expect(error).toMatchObject({
      code: 'ibkr_unavailable',
      message: expect.stringMatching(/^The order was not placed: /),
      details: { state: 'not_placed' },
    });
    await trader.sandbox.endFaults();
    expect(await trader.place()).toMatchObject({ state: 'working' });
    expect(await trader.orders()).toHaveLength(1);
    // This one is there, so the same again has to be meant.
    expect(await failure(trader.place())).toMatchObject({ code: 'possible_duplicate' });
  });

  it('gives its client order id back', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'status', status: 503, match: { path: '/iserver/auth/*' } });
    const named = { clientOrderId: 'monday' };
    const error = await failure(trader.place({}, named));
    expect(error.hint).not.toContain('client_order_id');
    await trader.sandbox.endFaults();
    const placed = await trader.place({}, named);
    expect(placed).toMatchObject({ state: 'working', clientOrderId: 'monday' });
    expect(await trader.place({}, named)).toMatchObject({ id: placed.id });
    expect(await trader.orders()).toHaveLength(1);
  });

  it('may have been refused by IBKR or declined, too', async () => {
    const trader = await newTrader();
    expect(
      await trader.place({ quantity: 9_000_000 }, { context: trader.context(NO_QUESTION) }),
    ).toMatchObject({
      state: 'rejected',
    });
    expect(
      await trader.place({ quantity: 9_000_000 }, { context: trader.context(NO_QUESTION) }),
    ).toMatchObject({
      state: 'rejected',
    });
    const waiting = await trader.place({}, { context: trader.context({ approval: 'owner' }) });
    await rejectWaiting(trader.context(), waiting, 'owner');
    const again = await trader.place({}, { context: trader.context({ approval: 'owner' }) });
    expect(again.state).toBe('awaiting_approval');
    expect(again.id).not.toBe(waiting.id);
  });
});

describe.concurrent('orders of one connection', () => {
  it('go out one after the other, so that none voids the question about another', async () => {
    const trader = await newTrader();
    // However slow the machine is.
    const context = trader.context({ ...NO_QUESTION, budgetMs: 120_000 });
    const placed = await Promise.all(
      Array.from({ length: 8 }, (_, index) => trader.place({ ...FAR, quantity: index + 1 }, { context })),
    );
    expect(placed.map(({ state }) => state)).toEqual(Array(8).fill('working'));
    expect(await trader.orders()).toHaveLength(8);
  });

  it('that do not get their turn in time are not placed, which is said', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'delay', delayMs: 4_000, times: 1, match: ORDERS });
    const first = trader.place();
    await delay(500);
    const error = await failure(
      trader.place({ quantity: 2 }, { context: trader.context({ budgetMs: 9_000 }) }),
    );
    expect(error).toMatchObject({ code: 'not_placed', details: { state: 'not_placed' } });
    expect(await first).toMatchObject({ state: 'working' });
    expect(await trader.orders()).toHaveLength(1);
  });

  it('that wait for their turn are not sent once the owner stops trading', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'delay', delayMs: 2_000, times: 1, match: ORDERS });
    const first = trader.place();
    await delay(500);
    const second = failure(trader.place({ quantity: 2 }));
    await delay(500);
    const { db, connectionId } = trader.context();
    await updateConnection(db, connectionId, { limits: { trading: false } });
    expect(await second).toMatchObject({ code: 'limit_exceeded', details: { limit: 'trading' } });
    await first;
    expect(await trader.orders()).toHaveLength(1);
  });
});

describe.concurrent('a question of IBKR', () => {
  it.each([
    ['of which one of two ids is not accepted', ['a', 'b'], ['o10331', 'o163']],
    ['without ids', ['a'], []],
    ['without words', [], ['o10331']],
    ['with more ids than messages', ['a'], ['o10331', 'o10331']],
    ['with more messages than ids', ['a', 'b'], ['o10331']],
  ])('%s waits for a yes', async (_, message, messageIds) => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'question', body: { message, messageIds }, match: ORDERS, times: 1 });
    const asked = await trader.place({}, { context: trader.context({ accepts: ['o10331'] }) });
    expect(asked).toMatchObject({ state: 'needs_reply', acceptedWarnings: [] });
    expect(asked.question?.warnings.length).toBe(Math.max(message.length, messageIds.length));
    for (const { text } of asked.question?.warnings ?? []) expect(text).not.toBe('');
    expect(await trader.orders()).toEqual([]);
  });

  it('is answered beforehand when all of its ids are accepted', async () => {
    const trader = await newTrader();
    const body = { message: ['a', 'b'], messageIds: ['o10331', 'o163'] };
    await trader.sandbox.fault({ kind: 'question', body, match: ORDERS, times: 1 });
    const placed = await trader.place({}, { context: trader.context({ accepts: ['o163', 'o10331'] }) });
    expect(placed).toMatchObject({
      state: 'working',
      acceptedWarnings: [{ id: 'o10331' }, { id: 'o163' }],
    });
  });

  it('may get a no, which ends the order', async () => {
    const trader = await newTrader();
    const asked = await trader.place(FAR);
    expect(asked).toMatchObject({ state: 'needs_reply', question: { expiresAt: expect.any(Date) } });
    expect(await rejectWaiting(trader.context(), asked, 'owner@example.com')).toMatchObject({
      state: 'not_placed',
      reason: 'Declined.',
      countedOn: null,
    });
    expect(await failure(approveWaiting(trader.context(), asked, yesTo(asked, 'model')))).toMatchObject({
      code: 'approval_expired',
    });
    expect(await trader.orders()).toEqual([]);
    const replies = Object.keys(await trader.sandbox.requests()).filter((name) => name.includes('/reply/'));
    expect(replies).toHaveLength(1);
  });

  it('is not answered by a yes to the order, nor by one to another question', async () => {
    const trader = await newTrader();
    const asked = await trader.place(FAR);
    const { orderHash } = asked;
    const blind = [
      approve(trader.context(), yesTo(asked), orderHash),
      acceptWarnings(trader.context(), yesTo(asked), 'another'),
    ];
    for (const yes of blind) expect(await failure(yes)).toMatchObject({ code: 'approval_expired' });
    expect(await trader.orders()).toEqual([]);
    expect(await approveWaiting(trader.context(), asked, yesTo(asked))).toMatchObject({ state: 'working' });
  });

  it('that lapsed before the yes leaves no order, which is said', async () => {
    const trader = await newTrader();
    const asked = await trader.place(FAR);
    // Any other order makes IBKR forget the question.
    await trader.place({ quantity: 2 });
    const late = await approveWaiting(trader.context(), asked, yesTo(asked, 'model'));
    // On a busy machine the call has no time left to look for the order.
    const known = late.state === 'unknown' ? await refresh(trader.context(), late) : late;
    expect(known).toMatchObject({
      state: 'not_placed',
      reason: 'IBKR’s question had lapsed before the approval reached it.',
    });
    expect(await trader.orders()).toHaveLength(1);
  });
});

describe.concurrent('the life of an order', () => {
  it('tells who asked, what was warned of, who said yes and what IBKR said', async () => {
    const trader = await newTrader();
    const waiting = await trader.place(FAR, { context: trader.context({ approval: 'owner' }) });
    const asked = await approveWaiting(trader.context(), waiting, yesTo(waiting, 'owner@example.com'));
    const { id } = await approveWaiting(trader.context(), asked, yesTo(asked, 'owner@example.com'));
    const life = await trader.intent(id);
    expect(life).toMatchObject({
      app: { label: 'my bot', name: 'bot', source: 'api_key' },
      approval: { mode: 'owner', by: 'owner@example.com', at: expect.any(Date) },
      acceptedWarnings: [{ id: 'o163' }],
    });
    expect(life.history.map(({ note }) => note)).toEqual([
      'waits for the owner',
      'approved by owner@example.com',
      'IBKR asks o163',
      'warnings accepted by owner@example.com',
      'IBKR took it: Submitted',
      'IBKR says Submitted',
    ]);
  });

  it('does not grow while nothing happens', async () => {
    const trader = await newTrader();
    const placed = await trader.place();
    const read = await refresh(trader.context(), placed);
    expect(read.history).toEqual(placed.history);
    await cancelOrder(trader.context().ibkr, trader.accountId, placed.ibkrOrderId ?? '');
    await vi.waitFor(
      async () => expect((await refresh(trader.context(), read)).state).toBe('cancelled'),
      WAIT,
    );
  });

  it('is known at once, however long IBKR takes to fill it', async () => {
    const trader = await newTrader();
    const filled = await trader.place(MARKET, { context: trader.context(NO_QUESTION) });
    expect(filled.history.map(({ state }) => state)).toEqual(['sending', 'working', 'filled']);
    expect(filled.filledAt).toBeNull();
  });
});

it('remembers which orders at IBKR are the exits of an order', async () => {
  const trader = await newTrader();
  const exits = { takeProfit: { limitPrice: 102 }, stopLoss: { stopPrice: 96 } };
  const { ibkrOrderId, exitOrderIds } = await trader.place(exits, {
    context: trader.context({ accepts: ['o10331'] }),
  });
  const others = (await trader.orders()).map(({ orderId }) => String(orderId));
  expect(exitOrderIds.toSorted()).toEqual(others.filter((id) => id !== ibkrOrderId).toSorted());
  expect(exitOrderIds).toHaveLength(2);
});
