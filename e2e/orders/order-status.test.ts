/** What is said of an order that IBKR no longer has: what became of it, and as of when. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import { TradingFloor } from './floor/trading-floor.ts';

let floor: TradingFloor;

beforeAll(async () => {
  floor = await TradingFloor.open(1, { program: inject('instanceProgram') });
});
afterAll(() => floor.close());

it('is answered from the order’s own record', async () => {
  const account = await floor.openAccount({ approval: 'none', acceptedWarnings: [...SANDBOX_WARNINGS] });
  const call = (name: string, args: object) => floor.instances.call(0, account.key, name, { ...args });
  const market = { symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'MKT' };
  const filled = await call('place_order', market);
  expect(filled).toMatchObject({ kind: 'ok', value: { state: 'filled' } });
  const { intent_id, order_id } = filled.kind === 'ok' ? filled.value : {};
  expect(await call('get_order_status', { intent_id })).toMatchObject({ value: { as_of: null } });

  // What IBKR says of orders of days gone by.
  await floor.fault(account.connectionId, {
    kind: 'status',
    status: 503,
    body: { error: `Order ${order_id} is not found`, statusCode: 503 },
    match: { path: '/iserver/account/order/status/*' },
    times: 100,
  });
  await floor.fault(account.connectionId, {
    kind: 'status',
    status: 200,
    body: { orders: [], snapshot: true },
    match: { path: '/iserver/account/orders' },
    times: 100,
  });
  for (const by of [{ intent_id }, { order_id }]) {
    expect(await call('get_order_status', by)).toMatchObject({
      kind: 'ok',
      value: {
        order_id,
        symbol: 'AAPL',
        quantity: 1,
        filled_quantity: 1,
        remaining_quantity: 0,
        state: 'filled',
        as_of: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
  }
  expect(await call('get_order_status', { order_id: '1' })).toMatchObject({ code: 'not_found' });
});
