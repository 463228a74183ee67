import { beforeAll, describe, expect, it } from 'vitest';
import { getHoldings } from '../../../broker/accounts/holdings.ts';
import { findIntent } from '../../../store/orders/order-intents.ts';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { firstAccount, setPrice } from '../../../testing/sandbox.ts';
import { riskInputsNow } from '../risk-inputs-now.ts';

useApps();

const NVDA = 4815747;
const CLOSE = { symbol: 'NVDA' };
const RESTING = {
  symbol: 'NVDA',
  side: 'SELL',
  quantity: 3,
  order_type: 'LMT',
  limit_price: 102,
  tif: 'GTC',
};

beforeAll(() => setPrice(NVDA, 100));

const CONIDS = { NVDA, AAPL: 265598, SPY: 756733, MSFT: 272093 };

async function heldOf(app: TestApp, symbol: keyof typeof CONIDS = 'NVDA'): Promise<number> {
  const client = app.sandbox.client();
  const { held } = await getHoldings(client, await firstAccount(client));
  return held.get(CONIDS[symbol]) ?? 0;
}

describe.concurrent('close_position', () => {
  it('closes exactly what is there, once', async () => {
    const app = await newApp();
    const closed = await app.call('close_position', CLOSE);
    expect(closed).toMatchObject({
      order: expect.stringMatching(/^SELL 150 NVDA MKT DAY, closes the position of 150, after .* \(paper\)$/),
      state: 'filled',
      filled_quantity: 150,
    });
    expect(await heldOf(app)).toBe(0);
    expect(await app.fail('close_position', CLOSE)).toMatchObject({ code: 'possible_duplicate' });
    expect(await app.fail('close_position', { ...CLOSE, duplicate_ok: true })).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('holds no NVDA'),
    });
    expect(await app.orders()).toEqual(['SELL 150']);
  });

  it('under a name is one close, however often it is asked for', async () => {
    const app = await newApp();
    const named = { ...CLOSE, percent: 50, client_order_id: 'half' };
    const answers = await Promise.all([1, 2, 3].map(() => app.call('close_position', named)));
    expect(new Set(answers.map(({ intent_id }) => intent_id)).size).toBe(1);
    expect(await heldOf(app)).toBe(75);
    expect(await app.fail('close_position', { ...named, percent: 60 })).toMatchObject({
      code: 'idempotency_conflict',
    });
    expect(await app.call('close_position', { ...named, client_order_id: 'rest' })).toMatchObject({
      filled_quantity: 37,
    });
  });

  it('cancels what this app has open on it first, and nothing else', async () => {
    const app = await newApp();
    const bracket = {
      ...RESTING,
      side: 'BUY',
      order_type: 'MKT',
      limit_price: undefined,
      stop_loss_price: 90,
    };
    const bought = await app.call('place_order', bracket);
    const [exit] = bought.exits as { order_id: string }[];
    const resting = await app.call('place_order', RESTING);
    const elsewhere = await app.call('place_order', { ...RESTING, symbol: 'SPY', limit_price: 900 });
    const { cancelled, ...closed } = await app.call('close_position', CLOSE);
    expect(closed).toMatchObject({ state: 'filled', filled_quantity: 153 });
    expect(
      (cancelled as { order_id: string; state: string }[])
        .map(({ order_id, state }) => [order_id, state])
        .toSorted(),
    ).toEqual(
      [
        [exit?.order_id, 'cancelled'],
        [resting.order_id, 'cancelled'],
      ].toSorted(),
    );
    expect(await heldOf(app)).toBe(0);
    expect(await app.call('get_orders', { status: 'OPEN' })).toMatchObject({
      orders: [{ order_id: elsewhere.order_id }],
    });
  });

  it('never sells what an order of somebody else is to sell', async () => {
    const app = await newApp();
    await app.call('place_order', RESTING, 'another');
    expect(await app.fail('close_position', CLOSE)).toMatchObject({
      code: 'not_placed',
      message: expect.stringContaining('there are 150, of which other orders are to sell 3'),
    });
    expect(await app.call('close_position', { ...CLOSE, quantity: 147 })).toMatchObject({ state: 'filled' });
    expect(await heldOf(app)).toBe(3);
  });

  it('buys back what is short, and no more, whoever asks at the same time', async () => {
    const app = await newApp();
    await app.call('place_order', {
      ...RESTING,
      quantity: 160,
      order_type: 'MKT',
      limit_price: undefined,
      tif: 'DAY',
    });
    expect(await heldOf(app)).toBe(-10);
    const names = ['a', 'b', 'c'];
    await Promise.allSettled(
      names.map((client_order_id) => app.call('close_position', { ...CLOSE, client_order_id })),
    );
    expect(await heldOf(app)).toBe(0);
    expect((await app.orders()).filter((order) => order.startsWith('BUY'))).toEqual(['BUY 10']);
  });

  it('cancels nothing for a close that a limit forbids, and says why', async () => {
    const app = await newApp();
    const resting = await app.call('place_order', RESTING);
    await app.set({ limits: { maxOrderValue: 1_000 } });
    expect(await app.fail('close_position', CLOSE)).toMatchObject({ code: 'limit_exceeded' });
    expect(await app.call('get_order_status', { order_id: resting.order_id })).toMatchObject({
      state: 'working',
    });
    expect(await app.call('close_position', { ...CLOSE, quantity: 5 })).toMatchObject({ state: 'filled' });
  });

  it('waits for a yes with its exits in place, and cancels them then', async () => {
    const app = await newApp();
    const resting = await app.call('place_order', RESTING);
    await app.set({ approval: 'model' });
    const waits = await app.call('close_position', CLOSE);
    expect(waits).toMatchObject({
      state: 'awaiting_approval',
      order: expect.stringContaining('after this app’s other open orders on it are cancelled'),
    });
    const status = async () => (await app.call('get_order_status', { order_id: resting.order_id })).state;
    expect(await status()).toBe('working');
    expect(await app.call('confirm_order', { intent_id: waits.intent_id })).toMatchObject({
      state: 'filled',
      filled_quantity: 150,
    });
    expect(await status()).toBe('cancelled');
    expect(await heldOf(app)).toBe(0);
  });

  it('cancels nothing for a yes that comes too late, or is to something else', async () => {
    const app = await newApp();
    const resting = await app.call('place_order', RESTING);
    const status = async () => (await app.call('get_order_status', { order_id: resting.order_id })).state;
    await app.set({ approval: 'owner' });
    const { intent_id } = await app.call('close_position', CLOSE);
    const intent = async () => {
      const found = await findIntent(app.db, app.connectionId, String(intent_id));
      if (found === null) throw new Error('The intent is gone.');
      return found;
    };
    const context = await app.context();
    const refused = { code: 'approval_expired' };
    for (const yes of [{ orderHash: 'of another order' }, { replyId: 'of another question' }]) {
      await expect(riskInputsNow(context, await intent(), yes)).rejects.toMatchObject(refused);
    }
    await app.db
      .doc(`orderIntents/${intent_id}`)
      .update({ 'approval.expiresAt': new Date(Date.now() - 1_000) });
    await expect(riskInputsNow(context, await intent())).rejects.toMatchObject(refused);
    await app.call('cancel_order', { intent_id });
    await expect(riskInputsNow(context, await intent())).rejects.toMatchObject(refused);
    expect(await status()).toBe('working');
  });

  it('after a yes that came when less is held sends nothing', async () => {
    const app = await newApp({ approval: 'model' });
    const { intent_id } = await app.call('close_position', CLOSE);
    await app.set({ approval: 'none' });
    const sale = { ...RESTING, quantity: 100, order_type: 'MKT', limit_price: undefined, tif: 'DAY' };
    await app.call('place_order', sale, 'another');
    expect(await app.fail('confirm_order', { intent_id })).toMatchObject({ code: 'not_placed' });
    expect(await heldOf(app)).toBe(50);
  });

  it('stops where one of the orders is not certainly gone, and says so', async () => {
    const app = await newApp();
    const resting = await app.call('place_order', RESTING);
    const match = { method: 'DELETE', path: `/iserver/account/*/order/${String(resting.order_id)}` };
    await app.sandbox.fault({ kind: 'reset', match });
    expect(await app.fail('close_position', CLOSE)).toMatchObject({
      code: expect.stringMatching(/^(not_placed|ibkr_unavailable)$/),
    });
    expect(await heldOf(app)).toBe(150);
  });

  it('closes every position, each with what became of it, in as many calls as that takes', async () => {
    const app = await newApp();
    const rows: { conid: number; state?: string }[] = [];
    for (let calls = 0; calls < 8; calls++) {
      const answer = await app.call('close_position', { all: true, client_order_id: 'out' });
      rows.push(...(answer.positions as typeof rows));
      if (answer.not_reached === undefined) break;
    }
    for (const symbol of ['NVDA', 'AAPL', 'SPY', 'MSFT'] as const) {
      expect(await heldOf(app, symbol), symbol).toBe(0);
      expect(rows.find(({ conid }) => conid === CONIDS[symbol])).toMatchObject({ state: 'filled' });
    }
    expect((await app.orders()).filter((order) => order === 'SELL 150')).toHaveLength(1);
  });
});
