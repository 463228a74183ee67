/** Orders that IBKR does not have: what waits for a yes or an answer, and what is lost to sight. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { getAccounts } from '../../../broker/accounts/accounts.ts';
import { findIntent, listIntents } from '../../../store/orders/order-intents.ts';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { setPrice } from '../../../testing/sandbox.ts';
import { approve } from '../../../trading/engine/submit.ts';
import { tradingContext } from '../../../trading/engine/submit-context.ts';
import { riskInputsNow } from '../risk-inputs-now.ts';

useApps();

const NVDA = 4815747;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const NAMED = { ...RESTING, client_order_id: 'c-1' };
/** So far from the market that IBKR asks about it. */
const FAR = { ...NAMED, limit_price: 60 };
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const LIST = { method: 'GET', path: '/iserver/account/orders' };

beforeAll(() => setPrice(NVDA, 100));

/** Asks for an order that waits. */
async function waiting(app: TestApp, args: object = NAMED, key?: string): Promise<string> {
  const { state, intent_id } = await app.call('place_order', args, key);
  expect(state).toMatch(/^(awaiting_approval|needs_reply)$/);
  return String(intent_id);
}

/** An order that is being sent, and takes its time. */
async function slowly(app: TestApp): Promise<{ placing: Promise<Record<string, unknown>> }> {
  await app.sandbox.fault({ kind: 'delay', delayMs: 4_000, times: 1, match: ORDERS });
  const placing = app.call('place_order', NAMED);
  while ((await listIntents(app.db, app.connectionId, ['sending'])).length === 0) await delay(50);
  return { placing };
}

describe.concurrent('get_orders', () => {
  it('lists what waits for its owner, with the link and how to take it back', async () => {
    const app = await newApp({ approval: 'owner' });
    const intent_id = await waiting(app);
    const [account] = (await getAccounts(app.sandbox.client())).accounts;
    expect(await app.call('get_orders', {})).toMatchObject({
      orders: [],
      unknown: [],
      waiting: [
        {
          intent_id,
          client_order_id: 'c-1',
          order_id: null,
          account_id: account?.accountId,
          order: expect.stringContaining('BUY 3 NVDA LMT limit 98 GTC'),
          state: 'awaiting_approval',
          asked_by: 'bot',
          expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
          approval_url: `https://gateway.example/approve/${intent_id}`,
          next_step: expect.stringContaining('by its owner at approval_url'),
        },
      ],
    });
    expect(await app.call('get_orders', { status: 'OPEN' })).toMatchObject({ waiting: [{ intent_id }] });
    expect(await app.call('get_orders', { status: 'FILLED' })).toMatchObject({ waiting: [] });
  });

  it('lists what waits for confirm_order, and of another app only that it does', async () => {
    const app = await newApp({ approval: 'model' });
    const mine = await waiting(app);
    await waiting(app, { ...NAMED, quantity: 4 }, 'another');
    const { waiting: seen } = await app.call('get_orders', {});
    expect(seen).toMatchObject([
      { intent_id: mine, client_order_id: 'c-1', next_step: expect.stringContaining('confirm_order') },
      { client_order_id: null, next_step: 'Only the app that asked for it can confirm it or take it back.' },
    ]);
    expect(JSON.stringify(seen)).not.toContain('approval_url');
  });

  it('lists what IBKR asks about, with what it asks', async () => {
    const app = await newApp({ acceptedWarnings: [] });
    const intent_id = await waiting(app, FAR);
    expect(await app.call('get_orders', {})).toMatchObject({
      waiting: [
        {
          intent_id,
          state: 'needs_reply',
          warnings: [{ id: 'o163', text: expect.stringContaining('Percentage constraint') }],
        },
      ],
    });
  });

  it('lists what waits in every account, unless one is named', async () => {
    const app = await newApp({ approval: 'owner' }, 2);
    const [first, second] = (await getAccounts(app.sandbox.client())).accounts.map((one) => one.accountId);
    const intent_id = await waiting(app, { ...NAMED, account_id: second });
    expect(await app.call('get_orders', {})).toMatchObject({
      account_id: first,
      waiting: [{ intent_id, account_id: second }],
    });
    expect(await app.call('get_orders', { account_id: first })).toMatchObject({ waiting: [] });
    expect(await app.call('get_orders', { account_id: second })).toMatchObject({ waiting: [{ intent_id }] });
  });

  it('lists what is being sent, then what it came to', async () => {
    const app = await newApp();
    const { placing } = await slowly(app);
    expect(await app.call('get_orders', {})).toMatchObject({
      waiting: [],
      unknown: [
        { client_order_id: 'c-1', state: 'sending', next_step: expect.stringContaining('get_order_status') },
      ],
    });
    const { order_id } = await placing;
    expect(await app.call('get_orders', {})).toMatchObject({
      orders: [{ order_id, client_order_id: 'c-1' }],
      waiting: [],
      unknown: [],
    });
  });

  it('lists an order of unknown outcome until IBKR lists it', async () => {
    const app = await newApp();
    await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: ORDERS });
    await app.sandbox.fault({ kind: 'malformed', match: LIST });
    const { code, details } = await app.fail('place_order', NAMED);
    expect(code).toBe('order_state_unknown');
    await app.sandbox.endFaults();
    await app.sandbox.fault({
      kind: 'status',
      status: 200,
      body: { orders: [], snapshot: true },
      match: LIST,
    });
    expect(await app.call('get_orders', {})).toMatchObject({
      orders: [],
      unknown: [
        {
          intent_id: details?.intent_id,
          state: 'unknown',
          next_step: expect.stringContaining('Nothing is to be placed again before'),
        },
      ],
    });
    await app.sandbox.endFaults();
    expect(await app.call('get_orders', {})).toMatchObject({
      orders: [{ intent_id: details?.intent_id, client_order_id: 'c-1' }],
      unknown: [],
    });
  });

  it('lists nothing whose time for a yes is over', async () => {
    const app = await newApp({ approval: 'owner' });
    const intent_id = await waiting(app);
    const past = new Date(Date.now() - 1_000);
    await app.db.doc(`orderIntents/${intent_id}`).update({ 'approval.expiresAt': past });
    expect(await app.call('get_orders', {})).toMatchObject({ waiting: [], unknown: [] });
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({
      state: 'not_placed',
      order_id: null,
    });
  });
});

describe.concurrent('cancel_order', () => {
  it.each(['intent_id', 'client_order_id'])('takes back by its %s what waits for a yes', async (name) => {
    const app = await newApp({ approval: 'owner' });
    const intent_id = await waiting(app);
    const by = name === 'intent_id' ? { intent_id } : { client_order_id: 'c-1' };
    const taken = await app.call('cancel_order', by);
    expect(taken).toMatchObject({
      intent_id,
      order_id: null,
      client_order_id: 'c-1',
      state: 'withdrawn',
      outcome: 'withdrawn',
      filled_quantity: 0,
      message: expect.stringMatching(
        /^The order .*BUY 3 NVDA.* was taken back before anything was sent to IBKR\.$/,
      ),
    });
    expect(await app.call('cancel_order', by)).toEqual(taken);
    expect(await app.call('get_orders', {})).toMatchObject({ orders: [], waiting: [], unknown: [] });
    // Nobody can say yes to it any more.
    const context = await app.context();
    const intent = await findIntent(app.db, app.connectionId, intent_id);
    if (intent === null) throw new Error('The intent is gone.');
    await expect(riskInputsNow(context, intent)).rejects.toMatchObject({ code: 'approval_expired' });
    const yes = { intentId: intent_id, by: 'owner', inputs: [] };
    await expect(approve(tradingContext(context), yes, intent.orderHash)).rejects.toMatchObject({
      code: 'approval_expired',
    });
    expect(await app.orders()).toEqual([]);
  });

  it('takes back what IBKR asks about, so that no later yes can place it', async () => {
    const app = await newApp({ acceptedWarnings: [] });
    const intent_id = await waiting(app, FAR);
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({
      state: 'withdrawn',
      message: expect.stringContaining("IBKR's question about it got no yes"),
    });
    expect(Object.keys(await app.sandbox.requests())).toContainEqual(
      expect.stringContaining('/iserver/reply/'),
    );
    expect(await app.fail('confirm_order', { intent_id })).toMatchObject({ code: 'not_placed' });
    expect(await app.orders()).toEqual([]);
  });

  it('leaves what another app asked for', async () => {
    const app = await newApp({ approval: 'model' });
    const intent_id = await waiting(app, NAMED, 'another');
    expect(await app.fail('cancel_order', { intent_id })).toMatchObject({
      code: 'order_not_cancellable',
      message: expect.stringContaining('was asked for by another app'),
      details: { intent_id, state: 'awaiting_approval' },
    });
    expect(await app.call('confirm_order', { intent_id }, 'another')).toMatchObject({ state: 'working' });
    // At IBKR it is an order of the connection, which any of its apps may cancel.
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({ state: 'cancelled' });
  });

  it('takes a change back and leaves the order', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    await app.set({ approval: 'model' });
    const { intent_id } = await app.call('modify_order', { order_id, quantity: 5 });
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({
      order_id,
      state: 'withdrawn',
      message: expect.stringContaining(`order ${String(order_id)} is as it was`),
    });
    expect(await app.call('get_order_status', { order_id })).toMatchObject({ state: 'working', quantity: 3 });
  });

  it('cancels at IBKR what was approved in the meantime', async () => {
    const app = await newApp();
    const { placing } = await slowly(app);
    expect(await app.call('cancel_order', { client_order_id: 'c-1' })).toMatchObject({ state: 'cancelled' });
    await placing;
    expect(await app.orders()).toEqual(['BUY 3']);
  });

  it('finds and cancels an order whose answer was lost', async () => {
    const app = await newApp();
    await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: ORDERS });
    await app.sandbox.fault({ kind: 'malformed', match: LIST });
    const { details } = await app.fail('place_order', NAMED);
    expect(await app.fail('cancel_order', { client_order_id: 'c-1' })).toMatchObject({
      code: 'order_state_unknown',
      message: expect.stringMatching(/^It is not known yet whether IBKR has the order .*BUY 3 NVDA/),
      details: { intent_id: details?.intent_id },
    });
    await app.sandbox.endFaults();
    expect(await app.call('cancel_order', { client_order_id: 'c-1' })).toMatchObject({ state: 'cancelled' });
  });

  it('cancels an order that was thought not to be placed, and turned up', async () => {
    const app = await newApp();
    await app.sandbox.fault({ kind: 'reset_after_accept', times: 1, match: ORDERS });
    const gone = { kind: 'status', status: 200, body: { orders: [], snapshot: true }, match: LIST };
    await app.sandbox.fault(gone);
    const { code, details } = await app.fail('place_order', NAMED);
    // On a busy machine the call may end before absence can be told.
    expect(code).toBeOneOf(['not_placed', 'order_state_unknown']);
    await app.sandbox.endFaults();
    expect(await app.call('cancel_order', { intent_id: details?.intent_id })).toMatchObject({
      state: 'cancelled',
    });
  });

  it('says of an order that IBKR refused that there is nothing to cancel', async () => {
    const app = await newApp();
    const body = { error: 'No trading permission' };
    await app.sandbox.fault({ kind: 'status', status: 200, body, times: 1, match: ORDERS });
    const { details } = await app.fail('place_order', NAMED);
    expect(await app.call('cancel_order', { intent_id: details?.intent_id })).toMatchObject({
      order_id: null,
      state: 'not_placed',
      message: expect.stringMatching(/^There is nothing to cancel: .*No trading permission/),
    });
  });
});

describe.concurrent('an order that waits', () => {
  it('is told as a state with its end and one next step, by whichever tool', async () => {
    const app = await newApp({ approval: 'owner' });
    const placed = await app.call('place_order', NAMED);
    const { intent_id } = placed;
    expect(placed).toMatchObject({
      order_id: null,
      client_order_id: 'c-1',
      order: expect.stringMatching(
        /^BUY 3 NVDA LMT limit 98 GTC, adds to the position of 150, in DU\d+ \(paper\)$/,
      ),
      mode: 'paper',
      state: 'awaiting_approval',
      expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
      approval_url: `https://gateway.example/approve/${String(intent_id)}`,
      next_step: expect.stringContaining('by its owner at approval_url'),
      preview: expect.objectContaining({ commission: expect.anything() }),
    });
    for (const tool of ['get_order_status', 'confirm_order'])
      expect(await app.call(tool, { intent_id }), tool).toEqual(placed);
    expect(await app.orders()).toEqual([]);
  });

  it('is not changed, and says how it is', async () => {
    const app = await newApp({ approval: 'owner' });
    const intent_id = await waiting(app);
    expect(await app.fail('modify_order', { intent_id, quantity: 4 })).toMatchObject({
      code: 'order_not_cancellable',
      message: expect.stringContaining('waits and is not at IBKR'),
      hint: 'Take it back with cancel_order and its intent_id, and place it as it shall be.',
    });
  });

  it('is confirmed by the name that its caller gave it', async () => {
    const app = await newApp({ approval: 'model' });
    const intent_id = await waiting(app);
    expect(await app.fail('confirm_order', { client_order_id: 'c-1' }, 'another')).toMatchObject({
      code: 'not_found',
    });
    expect(await app.fail('confirm_order', {})).toMatchObject({ code: 'invalid_arguments' });
    expect(await app.call('confirm_order', { client_order_id: 'c-1' })).toMatchObject({
      intent_id,
      state: 'working',
    });
  });

  it('and was taken back leaves its name to another one', async () => {
    const app = await newApp({ approval: 'model' });
    const first = await waiting(app);
    await app.call('cancel_order', { client_order_id: 'c-1' });
    const second = await waiting(app, { ...NAMED, quantity: 7 });
    expect(second).not.toBe(first);
    expect(await app.call('confirm_order', { client_order_id: 'c-1' })).toMatchObject({ quantity: 7 });
    expect(await app.orders()).toEqual(['BUY 7']);
  });
});

describe('the exits of an order that waited', () => {
  const AAPL = 265598;
  const BRACKET = { symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'MKT' };

  const aaplAt = (last: number) => setPrice(AAPL, last);

  it.each([
    ['a yes', { approval: 'model' }, { take_profit_price: 110 }, 120, 'take_profit_price'],
    ['a yes', { approval: 'model' }, { stop_loss_price: 90 }, 80, 'stop_loss_price'],
    ['IBKR’s question', { acceptedWarnings: [] }, { take_profit_price: 110 }, 120, 'take_profit_price'],
  ] as const)('for %s are held against the market of then: %j', async (_, settings, exits, later, field) => {
    await aaplAt(100);
    const app = await newApp({ ...settings, acceptedWarnings: [] });
    const intent_id = await waiting(app, { ...BRACKET, ...exits });
    await aaplAt(later);
    const refused = await app.fail('confirm_order', { intent_id });
    expect(refused).toMatchObject({
      code: 'order_rejected',
      message: expect.stringMatching(`The market has moved.*"${field}" is \\d+`),
    });
    expect(await app.orders()).toEqual([]);
    await aaplAt(100);
    expect(await app.call('cancel_order', { intent_id })).toMatchObject({ state: 'withdrawn' });
    expect(await app.orders()).toEqual([]);
  });
});
