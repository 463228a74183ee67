/** Orders that a call waits for until something becomes of them. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { findIntent, listIntents } from '../../../store/orders/order-intents.ts';
import { newApp, type TestApp, useApps } from '../../../testing/app.ts';
import { setPrice } from '../../../testing/sandbox.ts';
import { approve, rejectWaiting } from '../../../trading/engine/submit.ts';
import { tradingContext } from '../../../trading/engine/submit-context.ts';
import { riskInputsNow } from '../risk-inputs-now.ts';

useApps();

const NVDA = 4815747;
const AAPL = 265598;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 3, order_type: 'LMT', limit_price: 98, tif: 'GTC' };
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
/** On an instrument whose price falls below the limit in one test alone. */
const FILLING = { ...RESTING, symbol: 'AAPL' };

beforeAll(async () => {
  await setPrice(NVDA, 100);
  await setPrice(AAPL, 100);
});

async function intentOf(app: TestApp, intentId: unknown) {
  const intent = await findIntent(app.db, app.connectionId, String(intentId));
  if (intent === null) throw new Error(`There is no order ${intentId}.`);
  return intent;
}

/** Once a call that waits has looked at the order for the first time. */
const begun = () => delay(1_500);

describe.concurrent('wait_for_order', () => {
  it('answers with the fill, and holds three places of the process at most', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', FILLING);
    const waits = [1, 2, 3, 4].map(() => app.call('wait_for_order', { order_id }));
    expect(await Promise.race(waits)).toMatchObject({ state: 'working', changed: false });
    await setPrice(AAPL, 97);
    const changed = (await Promise.all(waits)).filter((answer) => answer.changed);
    const filled = { order_id, state: 'filled', filled_quantity: 3, changed: true };
    expect(changed).toMatchObject([filled, filled, filled]);
    expect(await app.call('wait_for_order', { order_id })).toMatchObject({ state: 'filled', changed: false });
  });

  it('answers with a part that either order of a pair has filled', async () => {
    const app = await newApp();
    const pair = await app.call('place_order', { ...RESTING, oca: { order_type: 'LMT', limit_price: 97 } });
    const waits = app.call('wait_for_order', { intent_id: pair.intent_id });
    await begun();
    const fill = { fill: { quantity: 1, price: 97 } };
    await app.sandbox.control(`orders/${pair.oca_order_id}`, fill);
    expect(await waits).toMatchObject({ order_id: pair.oca_order_id, filled_quantity: 1, changed: true });
  });

  it('says of an order that stays as it is that it does, at the end of its time', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    // As long as it can be: longer than other calls may use IBKR.
    expect(await app.call('wait_for_order', { order_id })).toMatchObject({
      order_id,
      state: 'working',
      changed: false,
    });
  });

  it('answers when its owner says yes, and when IBKR then has it', async () => {
    const app = await newApp({ approval: 'owner' });
    const { intent_id } = await app.call('place_order', RESTING);
    const waits = app.call('wait_for_order', { intent_id });
    await begun();
    const context = await app.context();
    const intent = await intentOf(app, intent_id);
    const yes = { intentId: intent.id, by: 'owner', inputs: await riskInputsNow(context, intent) };
    await approve(tradingContext(context), yes, intent.orderHash);
    expect(await waits).toMatchObject({ intent_id, state: 'working', changed: true });
  });

  it('says that its owner said no', async () => {
    const app = await newApp({ approval: 'owner' });
    const { intent_id } = await app.call('place_order', RESTING);
    const waits = app.fail('wait_for_order', { intent_id });
    await begun();
    const trading = tradingContext(await app.context());
    await rejectWaiting(trading, await intentOf(app, intent_id), 'owner');
    expect(await waits).toMatchObject({ code: 'not_placed' });
  });

  it('answers when the order is cancelled elsewhere', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    const waits = app.call('wait_for_order', { order_id });
    await begun();
    await app.call('cancel_order', { order_id }, 'another');
    expect(await waits).toMatchObject({ order_id, state: 'cancelled', changed: true });
  });

  it('finds out what became of an order that is being sent', async () => {
    const app = await newApp();
    await app.sandbox.fault({ kind: 'delay', delayMs: 6_000, times: 1, match: ORDERS });
    const placing = app.call('place_order', { ...RESTING, client_order_id: 'slow' });
    while ((await listIntents(app.db, app.connectionId, ['sending'])).length === 0) await delay(50);
    const waited = await app.call('wait_for_order', { client_order_id: 'slow' });
    expect(waited).toMatchObject({ state: 'working', changed: true });
    await placing;
  });

  it('goes on over a look that fails', async () => {
    const app = await newApp();
    const { order_id } = await app.call('place_order', RESTING);
    const waits = app.call('wait_for_order', { order_id, seconds: 6 });
    await begun();
    const match = { method: 'GET', path: '/iserver/account/order/status/*' };
    await app.sandbox.fault({ kind: 'status', status: 500, times: 1, match });
    expect(await waits).toMatchObject({ state: 'working', changed: false });
  });

  it.each([0, 26, 1.5])('does not wait for %s seconds', async (seconds) => {
    const app = await newApp();
    expect(await app.fail('wait_for_order', { order_id: '1', seconds })).toMatchObject({
      code: 'invalid_arguments',
    });
  });
});
