/** Options and futures, ordered by their conids. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { database } from '../database.ts';
import { callTool, failTool } from '../mcp-endpoint.ts';
import { newSandbox, optionsOnApple, ordersAt, type SandboxConnection, setPrice } from '../sandbox.ts';

let sandbox: SandboxConnection;
let future = 0;
let option = 0;
let strike = 0;

const search = z.object({ results: z.array(z.object({ conid: z.number(), expiry: z.string() })) });

beforeAll(async () => {
  sandbox = await newSandbox();
  const found = search.parse(await callTool('search_security', { query: 'es', futures: true }, sandbox.key));
  future = found.results[0]?.conid ?? 0;
  [{ conid: option, strike } = { conid: 0, strike: 0 }] = await optionsOnApple(sandbox.key, 'PUT');
  await setPrice(future, { last: 6000, bid: 5999.75, ask: 6000.25 });
  await setPrice(option, { last: 5, bid: 4.9, ask: 5.1 });
});

/** The instrument, a price near its market and another, its multiplier and how orders call it. */
const instruments = [
  ['future', () => ({ conid: future }), 5999, 5998.75, 50, /^ES \d{4}-\d\d-\d\d future$/],
  ['option', () => ({ conid: option }), 4.9, 4.85, 100, /^AAPL \d{4}-\d\d-\d\d [\d.]+ put$/],
] as const;

describe.each(instruments)('a %s', (_, instrument, price, other, multiplier, name) => {
  const order = (more: object = {}) => ({
    ...instrument(),
    side: 'BUY',
    quantity: 2,
    order_type: 'LMT',
    limit_price: price,
    tif: 'GTC',
    ...more,
  });

  it('is previewed, placed, changed and cancelled', async () => {
    const { key } = sandbox;
    expect(await callTool('preview_order', order(), key)).toMatchObject({
      value_in_base: expect.closeTo(price * 2 * multiplier, 6),
      max_loss: null,
      refusal: null,
    });
    const { order_id, intent_id } = await callTool('place_order', order(), key);
    await callTool('modify_order', { order_id, limit_price: other, quantity: 1 }, key);
    expect(await callTool('get_order_status', { order_id }, key)).toMatchObject({
      limit_price: other,
      quantity: 1,
      state: 'working',
    });
    expect(await callTool('cancel_order', { order_id }, key)).toMatchObject({ state: 'cancelled' });
    const written = await database().collection('orderIntents').doc(String(intent_id)).get();
    expect(written.get('state')).toBe('cancelled');
  });

  it('is called by what tells it from others', async () => {
    const { key } = await newSandbox({ approval: 'model' });
    const waiting = await callTool('place_order', order(), key);
    expect(/BUY 2 (.*) LMT/.exec(String(waiting.order))?.[1]).toMatch(name);
  });

  it('counts with its multiplier against limits', async () => {
    const worth = price * 2 * multiplier;
    const { key, patch } = await newSandbox({ limits: { maxOrderValue: worth - 1 } });
    expect(await failTool('place_order', order(), key)).toMatchObject({
      details: { limit: 'maxOrderValue' },
    });
    await patch({ limits: { maxOrderValue: worth, maxDailyValue: worth } });
    const { order_id } = await callTool('place_order', order(), key);
    expect(await failTool('place_order', order({ quantity: 1 }), key)).toMatchObject({
      details: { limit: 'maxDailyValue' },
    });
    // What a change adds counts, and no more.
    expect(await failTool('modify_order', { order_id, quantity: 3 }, key)).toMatchObject({
      code: 'limit_exceeded',
    });
    expect(await callTool('modify_order', { order_id, quantity: 1 }, key)).toMatchObject({
      state: 'working',
    });
  });

  it.each([
    [{ limit_price: price + 0.001 }, 'limit_price'],
    [{ quantity: 1.5 }, 'quantity'],
    [{ quantity: undefined, cash_quantity: 1000 }, 'cash_quantity'],
    [{ order_type: 'MIDPRICE', tif: 'DAY' }, 'order_type'],
    [{ tif: 'GTD', good_till_date: '2020-01-01T00:00:00Z' }, 'good_till_date'],
    [{ take_profit_price: price - 1 }, 'take_profit_price'],
  ])('with %j is refused before it is sent', async (wrong, field) => {
    const error = await failTool('place_order', order(wrong), sandbox.key);
    expect(error).toMatchObject({ code: 'invalid_arguments' });
    expect(error.message).toContain(`"${field}"`);
  });

  it('changed to a price beside its steps is refused, and works on', async () => {
    const { order_id } = await callTool('place_order', order({ duplicate_ok: true }), sandbox.key);
    const error = await failTool('modify_order', { order_id, limit_price: price + 0.001 }, sandbox.key);
    expect(error).toMatchObject({ code: 'invalid_arguments' });
    expect(error.message).toContain('"limit_price"');
    expect(await callTool('get_order_status', { order_id }, sandbox.key)).toMatchObject({
      limit_price: price,
    });
    await callTool('cancel_order', { order_id }, sandbox.key);
  });
});

describe.concurrent('limits on sales', () => {
  const sale = (conid: number) => ({ conid, side: 'SELL', quantity: 1, order_type: 'MKT' });

  it.each([
    ['shortSelling', () => future],
    ['optionsWriting', () => option],
  ])('%s forbids to sell what is not held', async (limit, conid) => {
    const { key } = await newSandbox({ limits: { [limit]: false } });
    expect(await failTool('place_order', sale(conid()), key)).toMatchObject({
      code: 'limit_exceeded',
      details: { limit },
    });
    await callTool('place_order', { ...sale(conid()), side: 'BUY' }, key);
    expect(await callTool('place_order', sale(conid()), key)).toMatchObject({ state: 'filled' });
    expect(await failTool('place_order', { ...sale(conid()), duplicate_ok: true }, key)).toMatchObject({
      details: { limit },
    });
  });

  it('count a written option with what it obliges to', async () => {
    const { key, patch } = await newSandbox({ limits: { maxOrderValue: strike * 100 - 1 } });
    expect(await failTool('place_order', sale(option), key)).toMatchObject({
      details: { limit: 'maxOrderValue' },
    });
    await patch({ limits: { maxOrderValue: strike * 100 } });
    expect(await callTool('place_order', sale(option), key)).toMatchObject({ state: 'filled' });
  });
});

it('the stop cancels futures too', async () => {
  const { id, key } = await newSandbox();
  const order = { conid: future, side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 5900, tif: 'GTC' };
  await callTool('place_order', order, key);
  const [{ orderId } = { orderId: '' }] = await ordersAt(key);
  const owner = await signInAs('trader');
  expect(await api(owner, 'POST', `/connections/${id}/panic`)).toMatchObject({
    body: { cancelling: [{ orderId }], failed: [] },
  });
});
