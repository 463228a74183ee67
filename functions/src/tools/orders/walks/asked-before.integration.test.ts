/** An order that is asked for again: under its name, in the same words, or identical in what it means. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { updateConnection } from '../../../store/connections.ts';
import { listIntentsNamed } from '../../../store/orders/order-intents.ts';
import { callAs } from '../../../testing/orders/tool-calls.ts';
import { newTrader, type Trader, useOrders } from '../../../testing/orders/trader.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { rejectWaiting } from '../../../trading/engine/submit.ts';
import { confirmOrderTool } from '../confirm-order.ts';
import { placeOrderTool } from '../place-order.ts';

useOrders();

const NEAR = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 99 };
const NAMED = { ...NEAR, client_order_id: 'monday' };
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };

const place = (trader: Trader, args: object) => callAs(trader, placeOrderTool, { ...args });
const settings = (trader: Trader, changes: Parameters<typeof updateConnection>[2]) =>
  updateConnection(trader.context().db, trader.context().connectionId, changes);

function intentIdOf(answer: unknown): string {
  const error = z.object({ details: z.object({ intent_id: z.string() }) });
  const order = z.object({ intent_id: z.string() });
  const told = z.union([order, error]).parse(answer);
  return 'details' in told ? told.details.intent_id : told.intent_id;
}

async function named(trader: Trader): Promise<OrderIntent[]> {
  const { db, connectionId } = trader.context();
  return listIntentsNamed(db, connectionId, 'monday');
}

/** Moves everything that is known of an intent into the past. */
async function age(trader: Trader, id: string, minutes: number): Promise<void> {
  const { db } = trader.context();
  const intent = await trader.intent(id);
  const earlier = (date: Date) => new Date(date.getTime() - minutes * 60_000);
  const { createdAt, sentAt, updatedAt, approval } = intent;
  await db
    .collection('orderIntents')
    .doc(id)
    .update({
      createdAt: earlier(createdAt),
      updatedAt: earlier(updatedAt),
      ...(sentAt === null ? {} : { sentAt: earlier(sentAt) }),
      ...(approval.expiresAt === null ? {} : { 'approval.expiresAt': earlier(approval.expiresAt) }),
    });
  const record = db.doc(`connections/${trader.context().connectionId}/trading/register`);
  const { recent = {} } = (await record.get()).data() ?? {};
  for (const [key, known] of Object.entries(recent as Record<string, { until: number | null }>)) {
    if (known.until !== null)
      await record.update({ [`recent.${key}.until`]: known.until - minutes * 60_000 });
  }
}

describe.concurrent('a name', () => {
  it('tells the order again when its arguments would be refused by now', async () => {
    const trader = await newTrader();
    const good_till_date = new Date(Date.now() + 12_000).toISOString();
    const dated = { ...NAMED, tif: 'GTD', good_till_date };
    const placed = await place(trader, dated);
    expect(placed).toMatchObject({ state: 'working' });
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    expect(intentIdOf(await place(trader, dated))).toBe(intentIdOf(placed));
    expect(await place(trader, { ...dated, client_order_id: 'another' })).toMatchObject({
      code: 'invalid_arguments',
    });
    expect(await trader.orders()).toHaveLength(1);
  });

  it('tells the order again without a look at the instrument', async () => {
    const trader = await newTrader();
    const placed = await place(trader, NAMED);
    await trader.sandbox.fault({ kind: 'status', status: 500, match: { path: '/trsrv/*' } });
    await trader.sandbox.fault({ kind: 'status', status: 500, match: { path: '/iserver/contract/*' } });
    expect(await place(trader, NAMED)).toEqual(placed);
  });

  it('tells the order again that is named in other words', async () => {
    const trader = await newTrader();
    const placed = await place(trader, NAMED);
    const { symbol: _, ...unnamed } = NAMED;
    for (const same of [
      { ...NAMED, account_id: trader.accountId },
      { ...unnamed, conid: 4815747 },
      { ...NAMED, currency: 'USD', tif: 'day', limit_price: '99.00' },
    ]) {
      expect(await place(trader, same)).toEqual(placed);
    }
    expect(await trader.orders()).toHaveLength(1);
  });

  it.each([
    [{ quantity: 2 }, ['quantity'], '"quantity" was 1 and is 2 now'],
    [{ limit_price: 98, tif: 'GTC' }, ['limit_price', 'tif'], '"tif" was "DAY" and is "GTC" now'],
    [{ symbol: 'AAPL' }, ['symbol'], '"symbol" was "NVDA" and is "AAPL" now'],
    [{ symbol: 'NOSUCHTHING' }, ['symbol'], '"symbol" was "NVDA" and is "NOSUCHTHING" now'],
    [{ account_id: 'DU0000001' }, ['account_id'], '"account_id" was not given and is "DU0000001" now'],
    [{ take_profit_price: 120 }, ['take_profit_price'], '"take_profit_price" was not given and is 120 now'],
    [{ quantity: -1 }, null, ''],
  ])('of another order, %j, is a conflict that says what differs', async (changes, differs, words) => {
    const trader = await newTrader();
    const placed = await place(trader, NAMED);
    const answer = await place(trader, { ...NAMED, ...changes });
    expect(await trader.orders()).toHaveLength(1);
    if (differs === null) return expect(answer).toMatchObject({ code: 'invalid_arguments' });
    expect(answer).toMatchObject({
      code: 'idempotency_conflict',
      retryable: false,
      details: { intent_id: intentIdOf(placed), state: 'working', differs },
    });
    expect('message' in answer && answer.message).toContain(words);
  });

  it.each([
    ['session_lost', {}, 'session_expired'],
    ['status', { status: 429 }, 'ibkr_rate_limited'],
    ['status', { status: 401, body: '' }, 'ibkr_unavailable'],
  ])('of what %s %j kept from IBKR is free, and the answer says to call again', async (kind, more, code) => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind, ...more, times: 1, match: ORDERS });
    const failed = await place(trader, NAMED);
    expect(failed).toMatchObject({ code, details: { state: 'not_placed' } });
    const hint = 'hint' in failed ? String(failed.hint) : '';
    expect(hint).not.toContain('client_order_id');
    await trader.sandbox.connection.session.pause(0);
    const { db, connectionId } = trader.context();
    expect((await named(trader)).map(({ state }) => state)).toEqual(['not_placed']);
    if (code !== 'ibkr_unavailable') return;
    const second = await trader.place(
      {},
      { clientOrderId: 'monday', context: { ...trader.context(), ibkr: trader.sandbox.client() } },
    );
    expect(second).toMatchObject({ state: 'working', clientOrderId: 'monday' });
    expect((await listIntentsNamed(db, connectionId, 'monday')).map(({ state }) => state)).toEqual([
      'not_placed',
      'working',
    ]);
    expect(await trader.orders()).toHaveLength(1);
  });

  it('of an order that was declined, or that nobody said yes to, is free', async () => {
    const trader = await newTrader();
    await settings(trader, { approval: 'model' });
    await place(trader, NAMED);
    const [first] = await named(trader);
    if (first === undefined) throw new Error('There is no order.');
    await rejectWaiting(trader.context(), first, 'owner');
    await age(trader, first.id, 20);
    const second = intentIdOf(await place(trader, NAMED));
    expect(second).not.toBe(first.id);
    await age(trader, second, 16);
    const third = intentIdOf(await place(trader, { ...NAMED, quantity: 3 }));
    expect((await named(trader)).map(({ state }) => state)).toEqual([
      'not_placed',
      'not_placed',
      'awaiting_approval',
    ]);
    expect(await callAs(trader, confirmOrderTool, { intent_id: second })).toMatchObject({
      code: 'not_placed',
    });
    expect(await callAs(trader, confirmOrderTool, { intent_id: third })).toMatchObject({ state: 'working' });
    expect(await trader.orders()).toMatchObject([{ quantity: 3 }]);
  });

  it('of an order that IBKR refused, or was sent and does not have, stays with it', async () => {
    const trader = await newTrader();
    const fault = { kind: 'status', status: 200, body: { error: 'No.' }, times: 1, match: ORDERS };
    await trader.sandbox.fault(fault);
    const refused = await place(trader, NAMED);
    expect(refused).toMatchObject({ code: 'order_rejected', hint: expect.stringContaining('another') });
    expect(await place(trader, NAMED)).toEqual(refused);
    expect(await trader.orders()).toEqual([]);
  });

  it('asked for five times at once is one order, also where it was free again', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'status', status: 401, body: '', times: 1, match: ORDERS });
    await place(trader, NAMED);
    const answers = await Promise.all(Array.from({ length: 5 }, () => place(trader, NAMED)));
    expect(new Set(answers.map(intentIdOf)).size).toBe(1);
    expect(await trader.orders()).toHaveLength(1);
  });
});

describe.concurrent('without a name', () => {
  it('the same order is held back while the first one works, however long ago it was sent', async () => {
    const trader = await newTrader();
    const placed = await place(trader, { ...NEAR, tif: 'GTC' });
    await age(trader, intentIdOf(placed), 600);
    expect(await place(trader, { ...NEAR, tif: 'GTC' })).toMatchObject({
      code: 'possible_duplicate',
      details: { intent_id: intentIdOf(placed), state: 'working' },
      hint: expect.stringContaining('duplicate_ok'),
    });
    expect(await place(trader, { ...NEAR, tif: 'GTC', duplicate_ok: true })).toMatchObject({
      state: 'working',
    });
  });

  it.each([
    [9, { code: 'possible_duplicate' }],
    [10.1, { state: 'filled' }],
  ])('a filled one holds it back for 10 minutes: after %d it is %j', async (minutes, answer) => {
    const trader = await newTrader();
    await settings(trader, { acceptedWarnings: ['o10151'] });
    const market = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    const placed = await place(trader, market);
    expect(placed).toMatchObject({ state: 'filled' });
    await age(trader, intentIdOf(placed), minutes);
    expect(await place(trader, market)).toMatchObject(answer);
  });

  it('the 10 minutes are counted from when it was sent, not from when it was asked for', async () => {
    const trader = await newTrader();
    await settings(trader, { approval: 'model', acceptedWarnings: ['o10151'] });
    const market = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' };
    const intent_id = intentIdOf(await place(trader, market));
    await age(trader, intent_id, 14);
    expect(await callAs(trader, confirmOrderTool, { intent_id })).toMatchObject({ state: 'filled' });
    expect(await place(trader, market)).toMatchObject({
      code: 'possible_duplicate',
      details: { intent_id },
    });
  });

  it('the same words are held back although they would be refused by now', async () => {
    const trader = await newTrader();
    await settings(trader, { acceptedWarnings: ['o10151'] });
    const good_till_date = new Date(Date.now() + 12_000).toISOString();
    const dated = { ...NEAR, limit_price: 101, tif: 'GTD', good_till_date };
    expect(await place(trader, dated)).toMatchObject({ state: 'filled' });
    await new Promise((resolve) => setTimeout(resolve, 12_500));
    expect(await place(trader, dated)).toMatchObject({ code: 'possible_duplicate' });
  });

  it('what IBKR asks about is asked about again, and no second order waits', async () => {
    const trader = await newTrader();
    const far = { ...NEAR, limit_price: 60 };
    const asked = await place(trader, far);
    expect(asked).toMatchObject({ state: 'needs_reply' });
    await age(trader, intentIdOf(asked), 5);
    expect(await place(trader, far)).toEqual(asked);
  });

  it('an order that nobody said yes to in time does not hold another one back', async () => {
    const trader = await newTrader();
    await settings(trader, { approval: 'model' });
    const first = intentIdOf(await place(trader, NEAR));
    expect(intentIdOf(await place(trader, NEAR))).toBe(first);
    await age(trader, first, 16);
    const second = await place(trader, NEAR);
    expect(second).toMatchObject({ state: 'awaiting_approval' });
    expect(intentIdOf(second)).not.toBe(first);
  });
});

describe.concurrent('a second yes', () => {
  it('is told what the first one came to, and not to place the order again', async () => {
    const trader = await newTrader();
    await settings(trader, { approval: 'model', acceptedWarnings: ['o10151'] });
    const intent_id = intentIdOf(await place(trader, NEAR));
    const yes = () => callAs(trader, confirmOrderTool, { intent_id });
    const answers = await Promise.all([yes(), yes(), yes()]);
    const late = answers.filter((answer) => 'code' in answer);
    for (const answer of late) {
      if (!('code' in answer) || answer.code === 'order_state_unknown') continue;
      expect(answer).toMatchObject({
        code: 'approval_expired',
        message: expect.stringMatching(/^It was confirmed already, and /),
        hint: expect.stringMatching(/^Do not place it again: get_order_status with intent_id/),
      });
    }
    expect(late.length).toBeLessThan(3);
    expect(await trader.orders()).toHaveLength(1);
    expect(await yes()).toMatchObject({ state: 'working', intent_id });
  });
});
