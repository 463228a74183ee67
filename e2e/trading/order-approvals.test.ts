/** Who has to approve an order, and what a yes counts for. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api } from '../console-client.ts';
import { database } from '../database.ts';
import { callTool, failTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { ordersAt } from '../sandbox.ts';
import { askAndWait, BUY, sandboxOf, useTraderAndStranger } from './asked-orders.ts';

let owner: string;
let stranger: string;
useTraderAndStranger((signedIn) => {
  ({ owner, stranger } = signedIn);
});

const sandbox = (key: object = {}) => sandboxOf(owner, key);

describe('a yes of the owner', () => {
  it('is given on a page, for exactly one order, once', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id, approval_url, preview } = await askAndWait('place_order', BUY, key);
    expect(approval_url).toBe(`${demo().origin}/approve/${intent_id}`);
    expect(preview).toMatchObject({ commission: { currency: 'USD' } });
    expect((await askAndWait('place_order', BUY, key)).intent_id).toBe(intent_id);
    expect((await askAndWait('confirm_order', { intent_id }, key)).intent_id).toBe(intent_id);
    expect(await ordersAt(key)).toEqual([]);

    const path = `/intents/${intent_id}`;
    expect(await api(stranger, 'GET', path)).toMatchObject({ status: 404 });
    expect(
      await api(stranger, 'POST', path, { decision: 'approve', orderHash: 'a'.repeat(64) }),
    ).toMatchObject({ status: 404 });
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.looseObject({ orderHash: z.string() }) }).parse(body);
    expect(intent).toMatchObject({
      state: 'awaiting_approval',
      sentence: expect.stringMatching(/^BUY 3 MSFT MKT DAY, adds to the position of 60, in DU\d+ \(paper\)$/),
    });

    const lists = async (query = '') =>
      z
        .object({ items: z.array(z.looseObject({ id: z.string() })) })
        .parse((await api(owner, 'GET', `/connections/${id}/intents${query}`)).body)
        .items.map((item) => item.id);
    expect([await lists(), await lists('?waiting=true')]).toEqual([[intent_id], [intent_id]]);

    const approve = (orderHash: string) => api(owner, 'POST', path, { decision: 'approve', orderHash });
    expect(await approve('a'.repeat(64))).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await ordersAt(key)).toEqual([]);
    expect(await approve(intent.orderHash)).toMatchObject({
      status: 200,
      body: { intent: { state: 'filled', filledQuantity: 3, approval: { by: 'trader@example.com' } } },
    });
    expect(await approve(intent.orderHash)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect([await lists(), await lists('?waiting=true')]).toEqual([[intent_id], []]);
    expect(await ordersAt(key)).toHaveLength(1);
    expect(await callTool('get_order_status', { intent_id }, key)).toMatchObject({ state: 'filled' });

    const calls = await database().collection('audit').where('intentId', '==', intent_id).get();
    expect(calls.docs.map((call) => call.get('tool')).sort()).toEqual([
      'confirm_order',
      'get_order_status',
      'order.approve',
      'order.approve',
      'order.approve',
      'place_order',
      'place_order',
    ]);
    const life = await database().collection('orderIntents').doc(intent_id).get();
    const states = life.data()?.history.map(({ state }: { state: string }) => state);
    expect(states).toEqual(['awaiting_approval', 'sending', 'working', 'filled']);
    expect(life.get('app')).toMatchObject({ label: 'bot', source: 'api_key' });
  });

  it.each([
    ['price', { limit_price: 399 }],
    ['quantity', { quantity: 4 }],
    ['side', { side: 'SELL' }],
    ['connection', {}],
  ])('for one order releases no other of another %s', async (field, change) => {
    const limit = { ...BUY, order_type: 'LMT', limit_price: 400 };
    const { key } = await sandbox({ approval: 'owner' });
    const other = field === 'connection' ? await sandbox({ approval: 'owner' }) : { key };
    const approved = await askAndWait('place_order', limit, key);
    const waiting = await askAndWait('place_order', { ...limit, ...change }, other.key);
    const { body } = await api(owner, 'GET', `/intents/${approved.intent_id}`);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', `/intents/${waiting.intent_id}`, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await ordersAt(other.key)).toEqual([]);
    expect(
      (await askAndWait('get_order_status', { intent_id: waiting.intent_id }, other.key)).intent_id,
    ).toBe(waiting.intent_id);
  });

  it('that comes too late sends nothing', async () => {
    const { key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const record = database().collection('orderIntents').doc(intent_id);
    await record.update({ 'approval.expiresAt': new Date(Date.now() - 1_000) });
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired' } },
    });
    expect(await failTool('get_order_status', { intent_id }, key)).toMatchObject({ code: 'not_placed' });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('or a no answers IBKR’s question', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    await api(owner, 'PATCH', `/connections/${id}`, { acceptedWarnings: [] });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const asked = await api(owner, 'POST', path, { decision: 'approve', orderHash: intent.orderHash });
    expect(asked).toMatchObject({
      body: { intent: { state: 'needs_reply', question: { expiresAt: expect.any(String) } } },
    });
    expect(await callTool('get_order_status', { intent_id }, key)).toMatchObject({
      state: 'needs_reply',
      expires_at: expect.any(String),
    });
    expect(await api(stranger, 'POST', path, { decision: 'reject' })).toMatchObject({ status: 404 });
    expect(await api(owner, 'POST', path, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed', reason: 'Declined.' } },
    });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('is needed as soon as the owner asks for it', async () => {
    const { id, key } = await sandbox({ approval: 'model' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    await api(owner, 'PATCH', `/connections/${id}`, { approval: 'owner' });
    expect(await askAndWait('confirm_order', { intent_id }, key)).toMatchObject({
      approval_url: expect.any(String),
    });
    expect(await ordersAt(key)).toEqual([]);
  });

  it('is refused when the key that asked has been revoked', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { intent } = z
      .object({ intent: z.object({ orderHash: z.string(), app: z.object({ id: z.string() }) }) })
      .parse((await api(owner, 'GET', path)).body);
    const other = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'other' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(other.body);
    expect(await api(owner, 'DELETE', `/keys/${intent.app.id}`)).toMatchObject({ status: 204 });
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'approval_expired', message: expect.stringContaining('bot, was revoked') } },
    });
    expect(await api(owner, 'POST', path, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed' } },
    });
    expect(await ordersAt(apiKey)).toEqual([]);
  });

  it('is held to the limits as they are by then', async () => {
    const { id, key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const path = `/intents/${intent_id}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const yes = { decision: 'approve', orderHash: intent.orderHash };
    await api(owner, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: 10 } });
    expect(await api(owner, 'POST', path, yes)).toMatchObject({
      status: 400,
      body: { error: { code: 'limit_exceeded', message: expect.stringContaining('Most per order') } },
    });
    expect(await ordersAt(key)).toEqual([]);
    await api(owner, 'PATCH', `/connections/${id}`, { limits: { maxOrderValue: null } });
    expect(await api(owner, 'POST', path, yes)).toMatchObject({ body: { intent: { state: 'filled' } } });
  });

  it('may be a no', async () => {
    const { key } = await sandbox({ approval: 'owner' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    expect(await api(owner, 'POST', `/intents/${intent_id}`, { decision: 'reject' })).toMatchObject({
      body: { intent: { state: 'not_placed' } },
    });
    expect(await failTool('get_order_status', { intent_id }, key)).toMatchObject({ code: 'not_placed' });
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe('a yes of the model', () => {
  it('takes a second call', async () => {
    const { key } = await sandbox({ approval: 'model' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    expect(await ordersAt(key)).toEqual([]);
    expect(await callTool('confirm_order', { intent_id }, key)).toMatchObject({ state: 'filled', intent_id });
    expect(await callTool('confirm_order', { intent_id }, key)).toMatchObject({ state: 'filled', intent_id });
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it('of one app does not count for another’s order', async () => {
    const { id, key } = await sandbox({ approval: 'model' });
    const { intent_id } = await askAndWait('place_order', BUY, key);
    const other = await api(owner, 'POST', `/connections/${id}/keys`, { label: 'other' });
    const { apiKey } = z.object({ apiKey: z.string() }).parse(other.body);
    expect(await failTool('confirm_order', { intent_id }, apiKey)).toMatchObject({ code: 'not_found' });
    expect(await ordersAt(key)).toEqual([]);
  });
});
