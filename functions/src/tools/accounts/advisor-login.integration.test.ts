/** The tools on an advisor's login, whose list of accounts names groups and profiles of them too. */
import { describe, expect, it } from 'vitest';
import { type Connection, createConnection } from '../../store/connections.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { newApp, useApps } from '../../testing/app.ts';
import { keyContext } from '../../testing/orders/tool-calls.ts';
import { playIbkr } from '../../testing/played/played-ibkr.ts';
import { simulatorUrl } from '../../testing/sandbox.ts';
import { unpacked } from '../../testing/unpacked.ts';
import { cancelAllOrders } from '../../trading/kill-switch/kill-switch.ts';
import { callTool } from '../call-tool.ts';
import { TOOLS } from '../registry.ts';

useApps();

const ACCOUNTS = ['DU9000013', 'DU9000014', 'DU9000015'];
const NO_ACCOUNTS = ['All', 'GROUP1', 'SELL_785_61228752_093001'];
const LOGIN = {
  accounts: ['All', ...ACCOUNTS, 'GROUP1', 'SELL_785_61228752_093001'],
  groups: ['All'],
  profiles: ['GROUP1', 'SELL_785_61228752_093001'],
  selectedAccount: 'All',
};
const ORDER = { conid: 756733, side: 'BUY', quantity: 1, order_type: 'MKT' };

/** Calls of a key on a new connection to a played advisor's login. */
async function newAdvisor(settings: Partial<Connection> = {}) {
  const ibkr = await playIbkr(LOGIN);
  const { db } = await newApp();
  const fields = { ownerUid: 'owner', kind: 'gateway', mode: 'paper', label: 'Advisor' } as const;
  const { connection } = await createConnection(db, fields);
  await db.doc(`connections/${connection.id}`).update({ currentAccountId: null, ...settings });
  const call = async (name: string, args: object) => {
    const tool = TOOLS.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`There is no tool ${name}.`);
    const client = { client: () => ibkr.connection.client() };
    const result = await callTool(
      tool,
      { ...args },
      () => keyContext(db, connection, client),
      (fault) => {
        throw fault;
      },
    );
    return result.ok ? unpacked(result.value) : result.error;
  };
  return { ibkr, db, connection, call };
}

describe.concurrent('the login of an advisor', () => {
  it('has its accounts only, whichever group IBKR has selected', async () => {
    const { call } = await newAdvisor();
    const { accounts } = (await call('get_accounts', {})) as { accounts: { account_id: string }[] };
    expect(accounts.map(({ account_id }) => account_id)).toEqual(ACCOUNTS);
    expect(await call('get_current_account', {})).toMatchObject({ account_id: ACCOUNTS[0], chosen: false });
    expect(await call('get_orders', { account_id: ACCOUNTS[1] })).toMatchObject({ orders: [] });
  });

  it('gets no order for a group or profile, and none is chosen', async () => {
    const { ibkr, call } = await newAdvisor();
    for (const account_id of NO_ACCOUNTS) {
      for (const [tool, args] of [
        ['place_order', { ...ORDER, account_id }],
        ['preview_order', { ...ORDER, account_id }],
        ['get_orders', { account_id }],
        ['set_current_account', { account_id }],
      ] as const) {
        expect(await call(tool, args), `${tool} ${account_id}`).toMatchObject({
          code: 'not_found',
          message: `This login has no account ${account_id}.`,
          details: { accounts: ACCOUNTS },
        });
      }
    }
    expect(ibkr.asked.filter((name) => name.startsWith('POST /iserver/account/'))).toEqual([]);
  });

  it('gets no order for a group that was chosen before groups were known', async () => {
    const { ibkr, call } = await newAdvisor({ currentAccountId: 'GROUP1' });
    expect(await call('place_order', ORDER)).toMatchObject({
      code: 'not_found',
      details: { accounts: ACCOUNTS },
    });
    expect(ibkr.asked.filter((name) => name.startsWith('POST /iserver/account/'))).toEqual([]);
  });

  it('has the orders of its accounts cancelled when trading is stopped, and asks for no others', async () => {
    const { ibkr, db, connection } = await newAdvisor();
    const listed: (string | null)[] = [];
    ibkr.set({
      'GET /iserver/account/orders': ({ query }) => {
        listed.push(query.get('accountId'));
        return { orders: [], snapshot: true };
      },
    });
    await beginPanic(db, connection.id);
    const report = await cancelAllOrders(db, connection.id, ibkr.connection.client());
    expect(new Set(listed)).toEqual(new Set(ACCOUNTS));
    expect(report.remaining).toBe(0);
  });
});

describe.concurrent('the login of an advisor in a sandbox', () => {
  /** A login of three accounts, which IBKR's list of accounts surrounds by a group and a profile. */
  async function newAdvisorSandbox() {
    const app = await newApp();
    const { control, name } = app.sandbox;
    await control('sandboxes', { id: name, accounts: 3, groups: ['All'], profiles: ['SELL_785'] });
    const { accounts } = (await app.call('get_accounts', {})) as { accounts: { account_id: string }[] };
    return { ...app, control, accounts: accounts.map(({ account_id }) => account_id) };
  }

  it('has its accounts only, and orders in the one that is named', async () => {
    const { call, fail, sandbox, accounts } = await newAdvisorSandbox();
    expect(accounts).toHaveLength(3);
    expect(accounts.every((id) => id.startsWith('DU'))).toBe(true);
    const limit = { ...ORDER, order_type: 'LMT', limit_price: 1, tif: 'GTC' };
    for (const account_id of ['All', 'SELL_785']) {
      for (const tool of ['place_order', 'preview_order', 'get_orders', 'get_portfolio']) {
        const args = tool.endsWith('_order') ? { ...limit, account_id } : { account_id };
        expect(await fail(tool, args), `${tool} ${account_id}`).toMatchObject({
          code: 'not_found',
          details: { accounts },
        });
      }
    }
    expect(await fail('place_order', limit)).toMatchObject({
      code: 'invalid_arguments',
      details: { accounts },
    });
    const account_id = accounts[1] ?? '';
    expect(await call('place_order', { ...limit, account_id })).toMatchObject({
      state: 'working',
      account_id,
    });
    const response = await fetch(`${simulatorUrl()}/sim/orders?sandbox=${sandbox.name}`);
    const { orders } = (await response.json()) as { orders: { account: string; quantity: number }[] };
    expect(orders.map(({ account, quantity }) => [account, quantity])).toEqual([[account_id, 1]]);
  });

  it('sums what its models hold, in positions and in profit and loss', async () => {
    const { call, control, set, accounts } = await newAdvisorSandbox();
    const [account, other] = accounts;
    const before = (await call('get_portfolio', { account_id: account })) as Portfolio;
    const aapl = (portfolio: Portfolio) => portfolio.positions.find(({ symbol }) => symbol === 'AAPL');
    const quantity = aapl(before)?.quantity ?? 0;
    await control('models', { account, model: 'Momentum', conid: 265598, quantity: 50 });
    const after = (await call('get_portfolio', { account_id: account })) as Portfolio;
    expect(after.positions).toHaveLength(before.positions.length);
    expect(aapl(after)).toMatchObject({
      quantity,
      models: [
        { model: null, quantity: quantity - 50 },
        { model: 'Momentum', quantity: 50 },
      ],
    });
    expect(await call('get_pnl', { account_id: account })).toMatchObject({
      daily: expect.any(Number),
      models: [{ model: 'Core' }, { model: 'Momentum' }],
    });
    expect(aapl((await call('get_portfolio', { account_id: other })) as Portfolio)).toMatchObject({
      quantity,
    });
    // What may be sold is what all models hold together.
    await set({ limits: { shortSelling: false } });
    const sale = { ...ORDER, conid: 265598, side: 'SELL', account_id: account };
    const { limit_refusal: over } = await call('preview_order', { ...sale, quantity: quantity + 1 });
    expect(over).toEqual(expect.stringContaining('120'));
    expect(await call('preview_order', { ...sale, quantity })).toMatchObject({ limit_refusal: null });
  });
});

interface Portfolio extends Record<string, unknown> {
  positions: { symbol: string; quantity: number }[];
}
