/** Orders that wait for a yes, in hosts that can ask their user in place (`input_required`, protocol 2026-07-28). */
import { Client, StreamableHTTPClientTransport, withInputRequired } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { callTool } from '../mcp-endpoint.ts';
import { demo } from '../own-stack.ts';
import { ordersAt } from '../sandbox.ts';

const BUY = { symbol: 'MSFT', side: 'BUY', quantity: 3, order_type: 'MKT' };
const MODERN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const FORM = { elicitation: { form: {} } };
const LINK = { elicitation: { form: {}, url: {} } };

const asked = z.object({
  resultType: z.literal('input_required'),
  requestState: z.string(),
  inputRequests: z.object({
    order: z.object({
      method: z.literal('elicitation/create'),
      params: z.looseObject({ message: z.string(), url: z.string().optional() }),
    }),
  }),
});
const answered = z.looseObject({
  isError: z.boolean().optional(),
  structuredContent: z.looseObject({ error: z.looseObject({ code: z.string() }).optional() }),
});

interface Account {
  id: string;
  key: string;
}

let owner: string;
const clients: Client[] = [];

beforeAll(async () => {
  owner = await signInAs('asked');
});
afterAll(async () => {
  for (const client of clients) await client.close();
});

async function account(approval: 'model' | 'owner', acceptedWarnings?: string[]): Promise<Account> {
  const made = await api(owner, 'POST', '/connections', { kind: 'sandbox' });
  const { connection } = z.object({ connection: z.object({ id: z.string() }) }).parse(made.body);
  if (acceptedWarnings) await api(owner, 'PATCH', `/connections/${connection.id}`, { acceptedWarnings });
  return { id: connection.id, key: await keyFor(connection.id, approval) };
}

async function keyFor(connectionId: string, approval: 'model' | 'owner'): Promise<string> {
  const minted = await api(owner, 'POST', `/connections/${connectionId}/keys`, { label: 'host', approval });
  return z.object({ apiKey: z.string() }).parse(minted.body).apiKey;
}

/** A host that its user answers by hand: what it is asked comes back as it is. */
async function host(key: string, capabilities: object = FORM, options: object = MODERN) {
  const client = new Client(
    { name: 'host', version: '1.0.0' },
    { capabilities, inputRequired: { autoFulfill: false }, ...options },
  );
  const headers = { Authorization: `Bearer ${key}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${demo().origin}/mcp`), { requestInit: { headers } }),
  );
  clients.push(client);
  const call = (name: string, args: object, answer: object = {}) =>
    client.request(
      { method: 'tools/call', params: { name, arguments: args, ...answer } as never },
      withInputRequired(answered),
      { allowInputRequired: true },
    );
  return {
    call,
    ask: async (name: string, args: object, answer?: object) => asked.parse(await call(name, args, answer)),
  };
}

function answer(requestState: string, action: 'accept' | 'decline' | 'cancel', send?: boolean) {
  const content = send === undefined ? {} : { content: { send } };
  return { requestState, inputResponses: { order: { action, ...content } } };
}

const INVALID = { code: -32_602 };
const LAPSED = { isError: true, structuredContent: { error: { code: 'approval_expired' } } };
const WAITING = { structuredContent: { state: 'awaiting_approval' } };

describe.concurrent('a form', () => {
  it('asks about the order and its cost, and sends it after the yes, once', async () => {
    const { key } = await account('model');
    const { call, ask } = await host(key);
    const { inputRequests, requestState } = await ask('place_order', BUY);
    expect(inputRequests.order.params.message).toMatch(
      /^Send the order BUY 3 MSFT MKT DAY, adds to the position of 60, in DU\d+ \(paper\)\?\n.*Commission .* USD/s,
    );
    expect(await ordersAt(key)).toEqual([]);
    const yes = answer(requestState, 'accept', true);
    expect(await call('place_order', BUY, yes)).toMatchObject({ structuredContent: { state: 'filled' } });
    expect(await call('place_order', BUY, yes)).toMatchObject(LAPSED);
    expect(await ordersAt(key)).toHaveLength(1);
  });

  it.each([
    ['sent back without the yes', answer('', 'accept', false)],
    ['declined', answer('', 'decline')],
  ])('that is %s ends the order', async (_, no) => {
    const { key } = await account('model');
    const { call, ask } = await host(key);
    const { requestState } = await ask('place_order', BUY);
    const result = await call('place_order', BUY, { ...no, requestState });
    expect(result).toMatchObject({ isError: true, structuredContent: { error: { code: 'not_placed' } } });
    expect(await call('place_order', BUY, answer(requestState, 'accept', true))).toMatchObject(LAPSED);
    expect(await ordersAt(key)).toEqual([]);
  });

  it('that is closed, or answered with something else, leaves the order waiting', async () => {
    const { key } = await account('model');
    const { call, ask } = await host(key);
    const { inputRequests, requestState } = await ask('place_order', BUY);
    expect(await call('place_order', BUY, answer(requestState, 'cancel'))).toMatchObject(WAITING);
    expect(await call('place_order', BUY, answer(requestState, 'accept'))).toMatchObject(WAITING);
    expect(await call('place_order', BUY, { requestState })).toMatchObject(WAITING);
    expect(await ordersAt(key)).toEqual([]);
    // The same order is asked about again.
    expect((await ask('place_order', BUY)).inputRequests).toEqual(inputRequests);
  });

  it('asks what IBKR asks, too, and one yes is not another', async () => {
    const { key } = await account('model', []);
    const { call, ask } = await host(key);
    const first = await ask('place_order', BUY);
    const yes = answer(first.requestState, 'accept', true);
    const second = await ask('place_order', BUY, yes);
    expect(second.inputRequests.order.params.message).toMatch(
      /^IBKR asks before it takes the order BUY 3 MSFT/,
    );
    expect(await call('place_order', BUY, yes)).toMatchObject(LAPSED);
    expect(await ordersAt(key)).toEqual([]);
    expect(await call('place_order', BUY, answer(second.requestState, 'accept', true))).toMatchObject({
      structuredContent: { state: 'filled' },
    });
    expect(await ordersAt(key)).toHaveLength(1);
  });
});

describe.concurrent('a link', () => {
  it('leads to the page, and its answer alone sends nothing', async ({ expect }) => {
    const { id, key } = await account('owner');
    const { call, ask } = await host(key, LINK);
    const { inputRequests, requestState } = await ask('place_order', BUY);
    const { url = '' } = inputRequests.order.params;
    expect(url).toMatch(new RegExp(`^${demo().origin}/approve/`));
    for (const forged of [answer(requestState, 'accept', true), answer(requestState, 'decline')]) {
      expect(await call('place_order', BUY, forged)).toMatchObject(WAITING);
    }
    expect(await ordersAt(key)).toEqual([]);

    const path = `/intents/${url.split('/').at(-1)}`;
    const { body } = await api(owner, 'GET', path);
    const { intent } = z.object({ intent: z.object({ orderHash: z.string() }) }).parse(body);
    const followed = call('place_order', BUY, answer(requestState, 'accept'));
    await api(owner, 'POST', path, { decision: 'approve', orderHash: intent.orderHash });
    // It is told as soon as IBKR has the order, which fills a moment later.
    expect(await followed).toMatchObject({
      structuredContent: { state: expect.stringMatching(/^(working|filled)$/) },
    });
    await expect
      .poll(() => call('place_order', BUY, answer(requestState, 'accept')))
      .toMatchObject({ structuredContent: { state: 'filled' } });
    expect(await ordersAt(await keyFor(id, 'owner'))).toHaveLength(1);
  });

  it('that was followed counts for nothing where a form is asked for by then', async () => {
    const { id, key } = await account('model');
    const { intent_id } = z.object({ intent_id: z.string() }).parse(await callTool('place_order', BUY, key));
    const { call, ask } = await host(key, LINK);
    await api(owner, 'PATCH', `/connections/${id}`, { approval: 'owner' });
    const { inputRequests, requestState } = await ask('confirm_order', { intent_id });
    expect(inputRequests.order.params.url).toContain(intent_id);
    await api(owner, 'PATCH', `/connections/${id}`, { approval: 'none' });
    const followed = await call('confirm_order', { intent_id }, answer(requestState, 'accept', true));
    expect(followed).toMatchObject(WAITING);
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe.concurrent('the state a host carries', () => {
  it.each([
    ['changed', (state: string) => `${state.slice(0, 20)}${state[20] === 'A' ? 'B' : 'A'}${state.slice(21)}`],
    ['cut off', (state: string) => state.slice(0, -4)],
    ['made up', () => 'v1.e30.AAAA'],
  ])('is refused when %s', async (_, change) => {
    const { key } = await account('model');
    const { call, ask } = await host(key);
    const { requestState } = await ask('place_order', BUY);
    const forged = answer(change(requestState), 'accept', true);
    await expect(call('place_order', BUY, forged)).rejects.toMatchObject(INVALID);
    expect(await ordersAt(key)).toEqual([]);
  });

  it('counts for its caller and its call alone', async () => {
    const { id, key } = await account('model');
    const { call, ask } = await host(key);
    const yes = answer((await ask('place_order', BUY)).requestState, 'accept', true);
    await expect(call('place_order', { ...BUY, quantity: 4 }, yes)).rejects.toMatchObject(INVALID);
    await expect(call('confirm_order', BUY, yes)).rejects.toMatchObject(INVALID);
    const ofSameUser = await host(await keyFor(id, 'model'));
    await expect(ofSameUser.call('place_order', BUY, yes)).rejects.toMatchObject(INVALID);
    const elsewhere = await host((await account('model')).key);
    await expect(elsewhere.call('place_order', BUY, yes)).rejects.toMatchObject(INVALID);
    expect(await ordersAt(key)).toEqual([]);
  });
});

describe.concurrent('a host that cannot ask', () => {
  it.each([
    ['names no such capability', {}, MODERN, 'model'],
    ['shows forms, where a link is needed', FORM, MODERN, 'owner'],
    ['speaks an earlier protocol', LINK, {}, 'model'],
  ] as const)('and %s is told that it waits', async (_, capabilities, options, approval) => {
    const { key } = await account(approval);
    const { call } = await host(key, capabilities, options);
    const result = answered.parse(await call('place_order', BUY));
    expect(result).toMatchObject(WAITING);
    expect(result.isError).not.toBe(true);
    const { intent_id } = z.object({ intent_id: z.string() }).parse(result.structuredContent);
    expect(await callTool('get_order_status', { intent_id }, key)).toMatchObject({
      state: 'awaiting_approval',
    });
  });
});
