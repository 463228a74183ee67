/** An OAuth client gets a new grant whenever it signs in: its orders stay its own. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CallingApp } from '../../../connections/call-context.ts';
import { updateConnection } from '../../../store/connections.ts';
import { findAppRules } from '../../../store/credentials/credentials.ts';
import { revokeGrant } from '../../../store/credentials/grants.ts';
import { findIntent } from '../../../store/orders/order-intents.ts';
import { storeGrant } from '../../../testing/oauth/grants.ts';
import { keyContext } from '../../../testing/orders/tool-calls.ts';
import { newTrader, type Trader, useOrders } from '../../../testing/orders/trader.ts';
import { callTool } from '../../call-tool.ts';
import type { Tool } from '../../tool.ts';
import { confirmOrderTool } from '../confirm-order.ts';
import { placeOrderTool } from '../place-order.ts';

useOrders();

const NEAR = { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 99 };
const NAMED = { ...NEAR, client_order_id: 'monday' };

type Rules = Partial<Pick<CallingApp, 'approval' | 'limits'>>;

/** Calls tools under one more grant of an OAuth client. */
async function signIn(trader: Trader, clientId = 'host', rules: Rules = {}) {
  const { db, connectionId, ownerUid } = trader.context();
  const id = await storeGrant(db, { ownerUid, connectionId, clientId, scope: 'write' });
  const app: CallingApp = {
    id,
    clientId,
    name: 'host',
    label: 'Host',
    source: 'oauth',
    limits: {},
    approval: null,
    ...rules,
  };
  await updateConnection(db, connectionId, { approval: rules.approval ?? 'none' });
  const call = async (tool: Tool, args: object) => {
    const context = await keyContext(db, { id: connectionId, ownerUid }, trader.sandbox);
    const open = async () => ({ ...context, app });
    const result = await callTool(tool, { ...args }, open, (fault) => {
      throw fault;
    });
    return (result.ok ? result.value : result.error) as Record<string, unknown>;
  };
  return { id, call };
}

function intentIdOf(waits: Record<string, unknown>): string {
  return z.object({ intent_id: z.string() }).parse(waits).intent_id;
}

describe.concurrent('a host that signs in again', () => {
  it('has the order that it named before, and no second one', async () => {
    const trader = await newTrader();
    const [first, second] = [await signIn(trader), await signIn(trader)];
    const placed = await first.call(placeOrderTool, NAMED);
    expect(placed).toMatchObject({ state: 'working' });
    expect(await second.call(placeOrderTool, NAMED)).toEqual(placed);
    expect(await trader.orders()).toHaveLength(1);
  });

  it('is held back from an identical order without a name', async () => {
    const trader = await newTrader();
    const [first, second] = [await signIn(trader), await signIn(trader)];
    await first.call(placeOrderTool, NEAR);
    expect(await second.call(placeOrderTool, NEAR)).toMatchObject({ code: 'possible_duplicate' });
    const other = await signIn(trader, 'another host');
    expect(await other.call(placeOrderTool, NEAR)).toMatchObject({ state: 'working' });
  });

  it('counts against the limits of its day what it ordered before', async () => {
    const trader = await newTrader();
    const rules = { limits: { maxDailyOrders: 1 } };
    const [first, second] = [await signIn(trader, 'host', rules), await signIn(trader, 'host', rules)];
    await first.call(placeOrderTool, NEAR);
    expect(await second.call(placeOrderTool, { ...NEAR, quantity: 2 })).toMatchObject({
      code: 'limit_exceeded',
    });
  });

  it('confirms what waits since before, although the grant of then is revoked', async () => {
    const trader = await newTrader();
    const { db, connectionId } = trader.context();
    const first = await signIn(trader, 'host', { approval: 'model' });
    const waits = await first.call(placeOrderTool, NAMED);
    expect(waits).toMatchObject({ state: 'awaiting_approval' });
    await revokeGrant(db, first.id);
    const second = await signIn(trader, 'host', { approval: 'model' });
    expect(await second.call(placeOrderTool, NAMED)).toMatchObject({ state: 'awaiting_approval' });
    const intent_id = intentIdOf(waits);
    const stranger = await signIn(trader, 'another host', { approval: 'model' });
    expect(await stranger.call(confirmOrderTool, { intent_id })).toMatchObject({ code: 'not_found' });
    expect(await second.call(confirmOrderTool, { intent_id })).toMatchObject({ state: 'working', intent_id });
    const taken = await findIntent(db, connectionId, intent_id);
    expect(taken?.app).toMatchObject({ id: second.id, clientId: 'host' });
  });

  it('but an order leaves under no grant that is revoked', async () => {
    const trader = await newTrader();
    const first = await signIn(trader, 'host', { approval: 'model' });
    const waits = await first.call(placeOrderTool, NEAR);
    await revokeGrant(trader.context().db, first.id);
    expect(await first.call(confirmOrderTool, { intent_id: intentIdOf(waits) })).toMatchObject({
      code: 'not_placed',
      message: expect.stringContaining('revoked'),
    });
    expect(await trader.orders()).toEqual([]);
  });
});

it('has the rules of its newest grant for what it asked for under one that ended', async () => {
  const trader = await newTrader();
  const { db, connectionId, ownerUid } = trader.context();
  const first = await signIn(trader);
  const asked = { source: 'oauth', id: first.id, clientId: 'host', ownerUid, connectionId } as const;
  await revokeGrant(db, first.id);
  expect(await findAppRules(db, asked, new Date())).toBeNull();
  await signIn(trader, 'another host');
  await storeGrant(db, { ownerUid, connectionId, clientId: 'host', scope: 'read' });
  expect(await findAppRules(db, asked, new Date())).toBeNull();
  const second = await signIn(trader);
  expect(await findAppRules(db, asked, new Date())).toMatchObject({ id: second.id });
});
