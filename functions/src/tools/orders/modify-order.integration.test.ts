/** Changes of working orders: what becomes of the order is what was asked for, and is judged as that. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { placeOrder } from '../../broker/orders/orders.ts';
import { newApp, PLAYED_ACCOUNT, playedApp, type TestApp, useApps } from '../../testing/app.ts';
import { CONID, playedMarket } from '../../testing/played/played-market.ts';
import { setPrice } from '../../testing/sandbox.ts';

useApps();

const NVDA = 4815747;
const AMD = 4391;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const TRAIL = {
  symbol: 'NVDA',
  side: 'SELL',
  quantity: 3,
  order_type: 'TRAIL',
  trailing_percent: 5,
  tif: 'GTC',
};

beforeAll(() => setPrice(NVDA, 100));

async function holding(app: TestApp): Promise<void> {
  await app.call('place_order', { symbol: 'NVDA', side: 'BUY', quantity: 10, order_type: 'MKT' });
}

describe.concurrent('a trail', () => {
  it('is changed by amount or by percent, and starts anew from the market', async () => {
    const app = await newApp();
    await holding(app);
    const { order_id } = await app.call('place_order', TRAIL);
    const read = () => app.call('get_order_status', { order_id });
    expect(await read()).toMatchObject({ stop_price: 95, trailing_percent: 5 });
    await app.call('modify_order', { order_id, trailing_percent: 2 });
    expect(await read()).toMatchObject({
      stop_price: 98,
      trailing_percent: 2,
      trailing_amount: null,
      quantity: 3,
    });
    await app.call('modify_order', { order_id, trailing_amount: 10 });
    expect(await read()).toMatchObject({
      stop_price: 90,
      trailing_percent: null,
      trailing_amount: 10,
      tif: 'GTC',
    });
    // What is left out stays as it was changed last.
    await app.call('modify_order', { order_id, quantity: 4 });
    expect(await read()).toMatchObject({ stop_price: 90, trailing_amount: 10, quantity: 4 });
  });

  it('is refused of an order that has none, or in two ways', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    expect(await app.fail('modify_order', { order_id, trailing_amount: 2 })).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('is a LMT order and does not trail'),
    });
    await holding(app);
    const trail = await app.call('place_order', TRAIL);
    const both = { order_id: trail.order_id, trailing_amount: 2, trailing_percent: 2 };
    expect(await app.fail('modify_order', both)).toMatchObject({ code: 'invalid_arguments' });
  });
});

describe.concurrent('a change of a trail whose answer was lost', () => {
  it.each(['reset', 'reset_after_accept'])(
    '(%s) is not known to be made or not, and is made again',
    async (kind) => {
      const app = await newApp();
      await holding(app);
      const { order_id } = await app.call('place_order', TRAIL);
      await app.sandbox.fault({ kind, times: 1, match: { method: 'POST', path: '/iserver/reply/*' } });
      const { code, details } = await app.fail('modify_order', { order_id, trailing_percent: 2 });
      expect(code).toBe('order_state_unknown');
      // The call itself may have had no time left to look.
      await vi.waitFor(
        async () =>
          expect(await app.fail('get_order_status', { intent_id: details?.intent_id })).toMatchObject({
            code,
            message: expect.stringMatching(/^It is not known whether order \d+ was changed: no answer came/),
          }),
        { timeout: 60_000 },
      );
      // Neither the old trail nor the new one is told as the one that holds, nor repeated to IBKR.
      const unknown = { state: 'working', trailing_percent: null, trailing_amount: null };
      expect(await app.call('get_order_status', { order_id })).toMatchObject(unknown);
      expect(await app.fail('modify_order', { order_id, quantity: 4 })).toMatchObject({
        code: 'order_not_cancellable',
        hint: expect.stringContaining('Give the trail'),
      });
      await app.call('modify_order', { order_id, trailing_percent: 2 });
      expect(await app.call('get_order_status', { order_id })).toMatchObject({
        stop_price: 98,
        trailing_percent: 2,
      });
      await app.call('modify_order', { order_id, quantity: 4 });
      expect(await app.call('get_order_status', { order_id })).toMatchObject({
        quantity: 4,
        trailing_percent: 2,
      });
    },
  );
});

describe.concurrent('an order that was changed and has left IBKR’s lists', () => {
  it.each([
    ['up', 20, 272093],
    ['down', 4, 76792991],
  ])('is told by its latest terms, changed %s', async (_, quantity, conid) => {
    const app = await newApp();
    await setPrice(conid, 100);
    const order = { ...RESTING, symbol: undefined, conid, quantity: 10 };
    const { order_id, intent_id } = await app.call('place_order', order);
    await app.call('modify_order', { order_id, quantity });
    await setPrice(conid, 95);
    const executions = async () => (await app.call('get_trades', {})).trades as unknown[];
    while ((await executions()).length === 0);
    const { status, list } = { status: '/iserver/account/order/status/*', list: '/iserver/account/orders' };
    await app.sandbox.fault({
      kind: 'status',
      status: 503,
      body: { error: 'Order ID is not found' },
      match: { path: status },
    });
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: { path: list },
    });
    for (const by of [{ order_id }, { intent_id }]) {
      expect(await app.call('get_order_status', by)).toMatchObject({
        state: 'filled',
        quantity,
        filled_quantity: quantity,
        remaining_quantity: 0,
      });
    }
  });
});

describe.concurrent('the time in force', () => {
  it('is changed, with the date where it has one', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    const read = () => app.call('get_order_status', { order_id });
    const at = new Date(Date.now() + 86_400_000).toISOString();
    await app.call('modify_order', { order_id, tif: 'GTD', good_till_date: at });
    expect(await read()).toMatchObject({ tif: 'GTD', good_till_date: at, limit_price: 98, quantity: 3 });
    await app.call('modify_order', { order_id, quantity: 4 });
    expect(await read()).toMatchObject({ tif: 'GTD', good_till_date: at, quantity: 4 });
    await app.call('modify_order', { order_id, tif: 'DAY' });
    expect(await read()).toMatchObject({ tif: 'DAY', good_till_date: null });
  });

  it('is refused without its date, and a date without it', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    const at = new Date(Date.now() + 86_400_000).toISOString();
    const past = new Date(Date.now() - 86_400_000).toISOString();
    for (const wrong of [
      { tif: 'GTD' },
      { tif: 'DAY', good_till_date: at },
      { tif: 'GTD', good_till_date: past },
    ]) {
      const { code, message } = await app.fail('modify_order', { order_id, ...wrong });
      expect({ code, message }).toEqual({
        code: 'invalid_arguments',
        message: expect.stringContaining('good_till_date'),
      });
    }
  });
});

describe.concurrent('a change', () => {
  it('of either order of a pair is of that one', async () => {
    const app = await newApp();
    await holding(app);
    const sale = {
      symbol: 'NVDA',
      side: 'SELL',
      quantity: 3,
      order_type: 'LMT',
      limit_price: 102,
      tif: 'GTC',
    };
    const pair = await app.call('place_order', { ...sale, oca: { order_type: 'STP', stop_price: 95 } });
    await app.call('modify_order', { order_id: pair.oca_order_id, stop_price: 96 });
    expect(await app.call('get_order_status', { order_id: pair.oca_order_id })).toMatchObject({
      order_type: 'STP',
      stop_price: 96,
    });
    expect(await app.call('get_order_status', { order_id: pair.order_id })).toMatchObject({
      order_type: 'LMT',
      limit_price: 102,
    });
    expect(await app.fail('modify_order', { intent_id: pair.intent_id, quantity: 2 })).toMatchObject({
      code: 'invalid_arguments',
      message: `That is a pair of orders, ${String(pair.order_id)} and ${String(pair.oca_order_id)}.`,
    });
  });

  it('of an order from elsewhere leaves it open outside regular hours', async () => {
    const app = await newApp();
    const { account_id } = await app.call('get_current_account', {});
    const ticket = {
      conid: NVDA,
      side: 'BUY',
      quantity: 3,
      orderType: 'LMT',
      limitPrice: 98,
      tif: 'GTC',
    } as const;
    const outside = { ...ticket, outsideRth: true, clientOrderId: 'tws-1' };
    const outcome = await placeOrder(app.sandbox.client(), String(account_id), outside);
    const order_id = outcome.kind === 'accepted' ? outcome.orderId : '';
    await app.call('modify_order', { order_id, quantity: 4 });
    const { orders } = (await app.call('get_orders', {})) as { orders: object[] };
    expect(orders).toMatchObject([{ order_id, quantity: 4, outside_rth: true }]);
  });

  it('of how much an entry buys tells of its exits, which stay as they are', async () => {
    const app = await newApp();
    const bracket = { ...RESTING, take_profit_price: 120, stop_loss_price: 90 };
    const { order_id } = await app.call('place_order', bracket);
    expect(await app.call('modify_order', { order_id, quantity: 1 })).toMatchObject({
      order: expect.stringContaining('BUY 1 NVDA'),
      exits: [
        { type: 'take_profit', quantity: 3 },
        { type: 'stop_loss', quantity: 3 },
      ],
    });
    expect(await app.call('modify_order', { order_id, limit_price: 97 })).not.toHaveProperty('exits');
  });

  it('that leaves exits to sell more than their entry buys is refused where nothing may be sold short', async () => {
    const app = await newApp({ limits: { shortSelling: false } });
    const bracket = {
      ...RESTING,
      symbol: 'COST',
      quantity: 10,
      take_profit_price: 1000,
      stop_loss_price: 90,
    };
    const { order_id, exits } = (await app.call('place_order', bracket)) as {
      order_id: string;
      exits: { order_id: string }[];
    };
    const change = { order_id, quantity: 4 };
    expect(await app.fail('modify_order', change)).toMatchObject({ details: { limit: 'shortSelling' } });
    for (const exit of exits) await app.call('modify_order', { order_id: exit.order_id, quantity: 4 });
    expect(await app.call('modify_order', change)).toMatchObject({ quantity: 4 });
    expect(await app.call('modify_order', { order_id, quantity: 6 })).toMatchObject({ quantity: 6 });
  });

  it('is judged as the order it makes, of an exit too', async () => {
    const app = await newApp();
    const bracket = { ...RESTING, order_type: 'MKT', limit_price: undefined, stop_loss_price: 90 };
    const { exits } = (await app.call('place_order', bracket)) as { exits: { order_id: string }[] };
    const order_id = exits[0]?.order_id;
    await app.set({ limits: { maxOrderValue: 1_000 } });
    expect(await app.fail('modify_order', { order_id, quantity: 30 })).toMatchObject({
      code: 'limit_exceeded',
    });
    expect(await app.fail('modify_order', { order_id, stop_price: 90.001 })).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('"stop_price" is 90.001'),
    });
    expect(await app.call('modify_order', { order_id, stop_price: 91 })).toMatchObject({ state: 'working' });
  });

  it('of an order that filled in the meantime says that it is filled', async () => {
    const app = await newApp();
    await setPrice(AMD, 100);
    const { order_id } = await app.call('place_order', { ...RESTING, symbol: 'AMD' });
    await app.set({ approval: 'model' });
    const { intent_id } = await app.call('modify_order', { order_id, quantity: 5 });
    await setPrice(AMD, 97);
    const isFilled = async () => (await app.call('get_order_status', { order_id })).state === 'filled';
    while (!(await isFilled()));
    const said = {
      code: 'order_rejected',
      message: expect.stringMatching(
        /was not changed: Order is inactive\. It is Filled: 3 of 3 filled at \d+/,
      ),
      hint: expect.stringMatching(/^It is over/),
    };
    expect(await app.fail('confirm_order', { intent_id })).toMatchObject(said);
    expect(await app.fail('get_order_status', { intent_id })).toMatchObject(said);
    await app.set({ approval: null });
    expect(await app.fail('modify_order', { order_id, quantity: 5 })).toMatchObject({
      code: 'order_not_cancellable',
      message: expect.stringMatching(/cannot be changed: it is Filled: 3 of 3 filled at/),
    });
  });
});

describe('a price that IBKR writes in fractions of a point', () => {
  const CHANGE = `POST /iserver/account/${PLAYED_ACCOUNT}/order/123`;

  /** An order from elsewhere, as IBKR shows it. */
  function working(secType: string, fields: object) {
    const order = {
      ...{ order_id: 123, account: PLAYED_ACCOUNT, conid: CONID, sec_type: secType, side: 'B' },
      ...{ total_size: 3, order_status: 'Submitted', tif: 'GTC', ...fields },
    };
    return playedApp({
      ...playedMarket({ 31: '110', 84: '109.9', 86: '110.1' }, { assetClass: secType }),
      'GET /iserver/account/order/status/*': order,
      [CHANGE]: [{ order_id: '123', order_status: 'Submitted' }],
    });
  }

  it.each([
    ['FUT', 'LIMIT', 'limit_price'],
    ['BOND', 'STOP', 'stop_price'],
  ])('is read of a %s, which is written so', async (secType, order_type, field) => {
    const app = await working(secType, { order_type, [field]: "110'16.5" });
    expect(await app.call('get_order_status', { order_id: '123' })).toMatchObject({ [field]: 110.515625 });
  });

  it.each([
    ['STK', 'LIMIT', 'limit_price'],
    ['FOP', 'LIMIT', 'limit_price'],
    ['STK', 'STOP', 'stop_price'],
  ])('is not guessed of a %s %s: a change has to give it', async (secType, order_type, field) => {
    const app = await working(secType, { order_type, [field]: "110'16.5" });
    expect(await app.call('get_order_status', { order_id: '123' })).toMatchObject({ [field]: null });
    expect(await app.fail('modify_order', { order_id: '123', quantity: 2 })).toMatchObject({
      code: 'order_not_cancellable',
      message: expect.stringContaining(`does not tell its ${field}`),
      details: { account_id: PLAYED_ACCOUNT },
    });
    expect(app.ibkr.asked).not.toContain(CHANGE);
    await app.call('modify_order', { order_id: '123', quantity: 2, [field]: 109 });
    expect(app.ibkr.asked).toContain(CHANGE);
  });
});
