/** Orders that are on their way out when their owner ends what allows them. */
import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { deleteConnection, updateConnection } from '../../store/connections.ts';
import { createApiKey, revokeAllApiKeys } from '../../store/credentials/api-keys.ts';
import { listIntents } from '../../store/orders/order-intents.ts';
import { newTrader, type Trader, useOrders } from '../../testing/orders/trader.ts';
import type { SubmitContext } from '../engine/submit.ts';

useOrders();

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };
const STATUS = { method: 'POST', path: '/iserver/auth/status' };
const WAIT = { timeout: 60_000 };

/** How many requests of a kind the simulator has seen of a trader. */
async function seen({ sandbox }: Trader, { method, path }: typeof ORDERS): Promise<number> {
  const pattern = new RegExp(`^${method} ${path.replace('*', '[^/]+')}$`);
  const counts = Object.entries(await sandbox.requests()).filter(([name]) => pattern.test(name));
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

/**
 * Keeps the next request of a kind from being answered for longer than anything here takes.
 * @returns a promise of its arrival, to be called once that request is on its way.
 */
async function heldUp(trader: Trader, match: typeof ORDERS): Promise<() => Promise<void>> {
  const before = await seen(trader, match);
  await trader.sandbox.fault({ kind: 'delay', delayMs: 5_000, times: 1, match });
  return () => vi.waitFor(async () => expect(await seen(trader, match)).toBeGreaterThan(before), WAIT);
}

describe.concurrent('what is under way when the owner stops trading', () => {
  const stop = ({ db, connectionId }: SubmitContext) =>
    updateConnection(db, connectionId, { limits: { trading: false } });

  it('does not leave once the session was confirmed', async () => {
    const trader = await newTrader();
    const arrival = await heldUp(trader, STATUS);
    const placing = trader.place();
    await arrival();
    await stop(trader.context());
    await expect(placing).rejects.toMatchObject({ code: 'limit_exceeded', details: { limit: 'trading' } });
    expect(await trader.orders()).toEqual([]);
  });

  it('gets no to the next question of a chain', async () => {
    const trader = await newTrader();
    const arrival = await heldUp(trader, REPLIES);
    const trading = trader.context({ accepts: ['o163', 'o10153'] });
    const placing = trader.place({ limitPrice: 150 }, { context: trading });
    await arrival();
    await stop(trading);
    await expect(placing).rejects.toMatchObject({ code: 'limit_exceeded', details: { state: 'not_placed' } });
    expect(await trader.orders()).toEqual([]);
    expect(await seen(trader, REPLIES)).toBe(2);
  });

  it('does not leave on a connection that was deleted', async () => {
    const trader = await newTrader();
    const arrival = await heldUp(trader, STATUS);
    const placing = trader.place();
    await arrival();
    const { db, connectionId, ownerUid } = trader.context();
    await deleteConnection(db, { id: connectionId, ownerUid });
    await expect(placing).rejects.toBeInstanceOf(GatewayError);
    expect(await trader.orders()).toEqual([]);
  });

  it('does not leave for a key that was revoked', async () => {
    const trader = await newTrader();
    const trading = trader.context();
    const { id } = await createApiKey(trading.db, {
      connection: { id: trading.connectionId, ownerUid: 'owner' },
      label: 'bot',
      scope: 'write',
    });
    const arrival = await heldUp(trader, ORDERS);
    const first = trader.place();
    await arrival();
    const second = trader.place({ quantity: 2 }, { context: { ...trading, app: { ...trading.app, id } } });
    const sending = () => listIntents(trading.db, trading.connectionId, ['sending']);
    await vi.waitFor(async () => expect(await sending()).toHaveLength(2), WAIT);
    await revokeAllApiKeys(trading.db, { connectionId: trading.connectionId });
    await expect(second).rejects.toMatchObject({
      code: 'not_placed',
      message: expect.stringContaining('revoked'),
    });
    await first;
    expect(await trader.orders()).toHaveLength(1);
  });
});
