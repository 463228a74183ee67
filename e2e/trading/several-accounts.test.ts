/** A login with several accounts: which one a call means, and orders, of which IBKR tells only those of the selected one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, signInAs } from '../console-client.ts';
import { callTool, failTool, rpc } from '../mcp-endpoint.ts';
import { newSandbox, orderElsewhere, postToSimulator, type SandboxConnection } from '../sandbox.ts';

const RESTING = { symbol: 'SPY', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1, tif: 'GTC' };

let sandbox: SandboxConnection;
let first = '';
let second = '';

/** A connection to a login with two accounts, none of them chosen. */
async function withTwoAccounts(): Promise<{ sandbox: SandboxConnection; accounts: [string, string] }> {
  const opened = await newSandbox();
  const answer = await postToSimulator('/sim/sandboxes', { id: opened.id, accounts: 2 });
  const { accounts } = z.object({ accounts: z.tuple([z.string(), z.string()]) }).parse(answer);
  return { sandbox: opened, accounts };
}

beforeAll(async () => {
  const opened = await withTwoAccounts();
  ({ sandbox } = opened);
  [first, second] = opened.accounts;
});

it('are told, changed and cancelled in their own account, whichever is selected', async () => {
  const place = (account_id: string) => callTool('place_order', { ...RESTING, account_id }, sandbox.key);
  const [one, other] = [await place(first), await place(second)];
  expect(other).toMatchObject({ state: 'working', account_id: second });
  for (const { order_id, intent_id, account_id } of [one, other, one]) {
    const found = { order_id, account_id, state: 'working' };
    expect(await callTool('get_order_status', { order_id }, sandbox.key)).toMatchObject(found);
    expect(await callTool('get_order_status', { intent_id }, sandbox.key)).toMatchObject(found);
  }
  const { order_id, account_id } = other;
  await callTool('modify_order', { order_id, account_id, limit_price: 2 }, sandbox.key);
  expect(await callTool('get_order_status', { order_id: one.order_id }, sandbox.key)).toMatchObject({
    limit_price: 1,
  });
  expect(await callTool('cancel_order', { order_id, account_id }, sandbox.key)).toMatchObject({
    account_id: second,
    limit_price: 2,
    state: 'cancelled',
  });
});

it('placed elsewhere are told of the account that is named', async () => {
  const order_id = await orderElsewhere({ id: sandbox.id, accountId: second });
  await callTool('get_orders', { account_id: first }, sandbox.key);
  expect(await callTool('get_order_status', { order_id, account_id: second }, sandbox.key)).toMatchObject({
    order_id,
    account_id: second,
  });
});

describe('the account of a call that names none', () => {
  const keyOf = async (id: string, scope: 'read' | 'write') => {
    const owner = await signInAs('trader');
    const { body } = await api(owner, 'POST', `/connections/${id}/keys`, { label: scope, scope });
    return z.object({ apiKey: z.string() }).parse(body).apiKey;
  };

  it('is the first for reads, which say so, and none for orders, until one is chosen for every key', async () => {
    const {
      sandbox: { id, key },
      accounts,
    } = await withTwoAccounts();
    const reader = await keyOf(id, 'read');
    const account_note = expect.stringContaining(`${accounts[0]}. Its accounts are ${accounts.join(', ')}`);
    for (const name of ['get_cash', 'get_portfolio', 'get_orders', 'get_trades', 'get_current_account']) {
      expect(await callTool(name, {}, reader), name).toMatchObject({ account_id: accounts[0], account_note });
    }
    await callTool('get_orders', { account_id: accounts[1] }, reader);
    const missing = { code: 'invalid_arguments', details: { accounts } };
    expect(await failTool('place_order', RESTING, key)).toMatchObject(missing);
    expect(await failTool('place_order', { ...RESTING, account_id: null }, key)).toMatchObject(missing);

    const choice = { name: 'set_current_account', arguments: { account_id: accounts[1] } };
    expect((await rpc('tools/call', choice, { key: reader })).status).toBe(403);
    expect(await failTool('place_order', RESTING, key)).toMatchObject(missing);
    expect(await callTool(choice.name, choice.arguments, key)).toEqual({
      account_id: accounts[1],
      previous_account_id: null,
    });
    expect(await callTool('place_order', RESTING, key)).toMatchObject({ account_id: accounts[1] });
    const listed = await callTool('get_orders', {}, reader);
    expect(listed).toMatchObject({ account_id: accounts[1], orders: [{ account_id: accounts[1] }] });
    expect(listed).not.toHaveProperty('account_note');
    const another = await keyOf(id, 'write');
    expect(await callTool('place_order', RESTING, another)).toMatchObject({ account_id: accounts[1] });
  });

  it('is chosen by the owner in the console, and given up there, which the activity has', async () => {
    const {
      sandbox: { id, key, patch },
      accounts,
    } = await withTwoAccounts();
    const owner = await signInAs('trader');
    const change = (body: object) => api(owner, 'PATCH', `/connections/${id}`, body);
    for (const unknown of ['DU0000001', 'All', '']) {
      expect(await change({ currentAccountId: unknown, label: 'Not saved' }), unknown).toMatchObject({
        status: 400,
        body: { error: { fields: { currentAccountId: expect.any(String) } } },
      });
    }
    expect(await change({ currentAccountId: 'DU0000001' })).toMatchObject({
      body: { error: { code: 'not_found', message: expect.stringContaining(accounts.join(', ')) } },
    });
    expect(await failTool('place_order', RESTING, key)).toMatchObject({ code: 'invalid_arguments' });

    expect(await change({ currentAccountId: accounts[1].toLowerCase() })).toMatchObject({
      status: 200,
      body: { connection: { label: expect.stringMatching(/^Sandbox/), currentAccountId: accounts[1] } },
    });
    expect(await callTool('get_current_account', {}, key)).toMatchObject({
      account_id: accounts[1],
      chosen: true,
    });
    expect(await callTool('place_order', RESTING, key)).toMatchObject({ account_id: accounts[1] });

    await patch({ currentAccountId: null });
    expect(await callTool('get_current_account', {}, key)).toMatchObject({
      account_id: accounts[0],
      chosen: false,
    });
    expect(await failTool('place_order', RESTING, key)).toMatchObject({ details: { accounts } });

    const { body } = await api(owner, 'GET', `/audit?connectionId=${id}&tool=connection.change&outcome=ok`);
    expect(body).toMatchObject({
      items: [
        {
          source: 'console',
          arguments: expect.stringContaining('"currentAccountId":{"from":"(account)","to":null}'),
        },
        {
          source: 'console',
          arguments: expect.stringContaining('"currentAccountId":{"from":null,"to":"(account)"}'),
        },
      ],
    });
  });
});
