/** Which account a call acts on that names none, of logins with one account and with several. */
import { beforeAll, describe, expect, it } from 'vitest';
import { getAccounts } from '../../broker/accounts/accounts.ts';
import type { Connection } from '../../store/connections.ts';
import { newApp, type TestApp, useApps } from '../../testing/app.ts';
import { setPrice, simulatorUrl } from '../../testing/sandbox.ts';
import { TOOLS } from '../registry.ts';

useApps();

const NVDA = 4815747;
const RESTING = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 98, tif: 'GTC' };

beforeAll(() => setPrice(NVDA, 100));

/** Arguments with which each read of an account answers. */
const READS: Readonly<Record<string, object>> = {
  get_current_account: {},
  get_accounts: {},
  get_account_summary: {},
  get_portfolio: {},
  get_cash: {},
  get_pnl: {},
  get_performance: {},
  get_transactions: { symbol: 'NVDA' },
  get_orders: {},
  get_trades: {},
  preview_order: RESTING,
};

async function accountsOf(app: TestApp): Promise<string[]> {
  return (await getAccounts(app.sandbox.client())).accounts.map(({ accountId }) => accountId);
}

/** The accounts of the orders that the simulator has of a login. */
async function accountsOfOrders(app: TestApp): Promise<string[]> {
  const accounts = await accountsOf(app);
  const answer = await fetch(`${simulatorUrl()}/sim/orders`);
  const { orders } = (await answer.json()) as { orders: { account: string }[] };
  return orders.map(({ account }) => account).filter((account) => accounts.includes(account));
}

describe.concurrent('with one account, a call', () => {
  it('means that one, and nothing more is said', async () => {
    const app = await newApp();
    const [only = ''] = await accountsOf(app);
    for (const [tool, args] of Object.entries(READS)) {
      expect(await app.call(tool, args), tool).not.toHaveProperty('account_note');
    }
    expect(await app.call('get_current_account', {})).toMatchObject({ account_id: only, chosen: true });
    expect(await app.call('get_accounts', {})).toMatchObject({ chosen: true, accounts: [{ current: true }] });
    expect(await app.call('place_order', RESTING)).toMatchObject({ account_id: only });
  });
});

describe.concurrent('with several accounts, none of them chosen,', () => {
  it('a read is about the first one, and says so', async () => {
    const app = await newApp({}, 3);
    const [first = '', second = '', third = ''] = await accountsOf(app);
    for (const [tool, args] of Object.entries(READS)) {
      // The read before has selected another account at IBKR.
      await app.call('get_orders', { account_id: second });
      const answer = await app.call(tool, args);
      if (tool !== 'get_accounts') expect(answer, tool).toMatchObject({ account_id: first });
      expect(answer.account_note, tool).toMatch(`${first}. Its accounts are ${first}, ${second}, ${third}`);
    }
    expect(await app.call('get_current_account', {})).toMatchObject({ chosen: false });
    expect(await app.call('get_accounts', {})).toMatchObject({
      chosen: false,
      accounts: [
        { account_id: first, current: true },
        { account_id: second, current: false },
        { account_id: third, current: false },
      ],
    });
    expect(await app.call('get_orders', { account_id: second })).not.toHaveProperty('account_note');
  });

  it('an order that names none is refused with the list', async () => {
    const app = await newApp({}, 2);
    const accounts = await accountsOf(app);
    await app.call('get_orders', { account_id: accounts[1] });
    expect(await app.fail('place_order', RESTING)).toMatchObject({
      code: 'invalid_arguments',
      hint: expect.stringContaining(accounts.join(', ')),
      details: { accounts },
    });
    expect(await accountsOfOrders(app)).toEqual([]);
  });

  it('an order goes to the account that it names, in whichever case', async () => {
    const app = await newApp({}, 2);
    const [, second = ''] = await accountsOf(app);
    const named = { ...RESTING, account_id: ` ${second.toLowerCase()} ` };
    expect(await app.call('place_order', named)).toMatchObject({ account_id: second });
    expect(await accountsOfOrders(app)).toEqual([second]);
  });

  it('an account that the login does not have is named as it was asked for, beside those that it has', async () => {
    const app = await newApp({}, 2);
    const accounts = await accountsOf(app);
    for (const tool of ['get_orders', 'place_order', 'preview_order', 'set_current_account']) {
      const args = { ...(tool.endsWith('_order') && RESTING), account_id: 'All' };
      expect(await app.fail(tool, args), tool).toMatchObject({
        code: 'not_found',
        message: 'This login has no account All.',
        details: { accounts },
      });
    }
  });
});

describe.concurrent('a chosen account', () => {
  it('is meant by every call that names none, whatever others are read', async () => {
    const app = await newApp({}, 3);
    const [first = '', second = '', third = ''] = await accountsOf(app);
    expect(await app.call('set_current_account', { account_id: second })).toEqual({
      account_id: second,
      previous_account_id: null,
    });
    for (const [tool, args] of Object.entries(READS)) {
      await app.call('get_orders', { account_id: first });
      const answer = await app.call(tool, args);
      expect(answer, tool).not.toHaveProperty('account_note');
      if (tool !== 'get_accounts') expect(answer, tool).toMatchObject({ account_id: second });
    }
    expect(await app.call('place_order', RESTING)).toMatchObject({ account_id: second });
    expect(await app.call('set_current_account', { account_id: third })).toMatchObject({
      previous_account_id: second,
    });
    expect(await app.call('place_order', RESTING)).toMatchObject({ account_id: third });
    expect(await accountsOfOrders(app)).toEqual([second, third]);
  });

  it('that the login lost is told of, and no other is taken in its stead', async () => {
    for (const count of [1, 2]) {
      const app = await newApp({ currentAccountId: 'DU0000001' }, count);
      const accounts = await accountsOf(app);
      const gone = {
        code: 'not_found',
        message: 'Account DU0000001 was chosen, and this login does not have it any more.',
        details: { accounts },
      };
      for (const [tool, args] of Object.entries({ ...READS, place_order: RESTING })) {
        if (tool !== 'get_accounts') expect(await app.fail(tool, args), tool).toMatchObject(gone);
      }
      expect(await app.call('get_accounts', {})).toMatchObject({
        chosen: false,
        account_note: gone.message,
        accounts: accounts.map((account_id) => ({ account_id, current: false })),
      });
      const [account_id] = accounts;
      await app.call('set_current_account', { account_id });
      expect(await app.call('place_order', RESTING)).toMatchObject({ account_id });
    }
  });
});

describe.concurrent('a failure of an order', () => {
  /** An app whose orders are all for the second of two accounts, and a call that has to fail there. */
  async function inSecond(settings: Partial<Connection> = {}) {
    const app = await newApp(settings, 2);
    const [, account_id = ''] = await accountsOf(app);
    const order = { ...RESTING, account_id };
    const expectThere = async (code: string, tool: string, args: object) => {
      const failure = await app.fail(tool, args);
      expect(failure, failure.message).toMatchObject({ code, details: { account_id } });
      return failure;
    };
    return { app, order, account_id, expectThere };
  }

  it('says which account it was for, whatever is wrong', async () => {
    const { app, order, account_id, expectThere } = await inSecond({ limits: { maxOrderValue: 1_000 } });
    await expectThere('invalid_arguments', 'place_order', { ...order, limit_price: 98.001 });
    await expectThere('invalid_arguments', 'preview_order', { ...order, limit_price: 98.001 });
    await expectThere('limit_exceeded', 'place_order', { ...order, quantity: 100 });
    const { order_id } = await app.call('place_order', { ...order, client_order_id: 'one' });
    const conflict = { ...order, client_order_id: 'one', quantity: 2 };
    await expectThere('idempotency_conflict', 'place_order', conflict);
    await expectThere('limit_exceeded', 'modify_order', { order_id, quantity: 100 });
    await expectThere('invalid_arguments', 'modify_order', { order_id, stop_price: 90 });
    await expectThere('invalid_arguments', 'cancel_order', {
      client_order_id: 'one',
      account_id: 'DU0000001',
    });
    await app.sandbox.fault({ match: { path: '/iserver/account/*/orders' }, kind: 'status', status: 500 });
    const { details } = await app.fail('place_order', { ...order, quantity: 3 });
    expect(details).toMatchObject({ account_id });
  });

  it('says in its sentence in which account the same order is', async () => {
    const { app, order, account_id, expectThere } = await inSecond();
    await app.call('place_order', order);
    const failure = await expectThere('possible_duplicate', 'place_order', order);
    expect(failure.message).toContain(`in account ${account_id}`);
  });

  it('says in which account it waits, and waited', async () => {
    const { app, order, account_id, expectThere } = await inSecond({ approval: 'model' });
    const { intent_id, ...waits } = await app.call('place_order', order);
    expect(waits).toMatchObject({ account_id, state: 'awaiting_approval' });
    expect(await app.call('get_order_status', { intent_id })).toMatchObject({ account_id });
    await expectThere('order_not_cancellable', 'modify_order', { intent_id, quantity: 2 });
    await app.call('cancel_order', { intent_id });
    await expectThere('not_placed', 'confirm_order', { intent_id });
  });
});

it('every read of an account may say in its answer that nobody chose it', () => {
  const withNote = TOOLS.filter(({ outputSchema }) => 'account_note' in (outputSchema.properties ?? {}));
  expect(withNote.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(READS)));
  expect(withNote.map(({ name }) => name)).toContain('get_order_status');
});
