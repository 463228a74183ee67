/** Orders that are on their way out when their owner ends what allows them. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startFirestoreServer } from '../../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../../simulator/src/server.ts';
import { GatewayError } from '../../errors.ts';
import { createApiKey, revokeAllApiKeys } from '../../store/api-keys.ts';
import { deleteConnection, updateConnection } from '../../store/connections.ts';
import { newTrader, useOrders } from '../../testing/trader.ts';
import type { TradingDesk } from '../engine/submit.ts';

useOrders({
  database: () => startFirestoreServer({ port: 0 }),
  simulator: () => startSimulator({ port: 0, nightlyReset: false, pacing: false }),
});

const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };

describe.concurrent('what is under way when the owner stops trading', () => {
  const stop = ({ db, connectionId }: TradingDesk) =>
    updateConnection(db, connectionId, { limits: { trading: false } });

  it('does not leave once the session was confirmed', async () => {
    const trader = await newTrader();
    const match = { method: 'POST', path: '/iserver/auth/status' };
    await trader.sandbox.fault({ kind: 'delay', delayMs: 2_000, times: 1, match });
    const placing = trader.place();
    await delay(1_000);
    await stop(trader.desk());
    await expect(placing).rejects.toMatchObject({ code: 'limit_exceeded', details: { limit: 'trading' } });
    expect(await trader.orders()).toEqual([]);
  });

  it('gets no to the next question of a chain', async () => {
    const trader = await newTrader();
    await trader.sandbox.fault({ kind: 'delay', delayMs: 2_000, times: 1, match: REPLIES });
    const desk = trader.desk({ accepts: ['o163', 'o10153'] });
    const placing = trader.place({ limitPrice: 150 }, { desk });
    await delay(1_000);
    await stop(desk);
    await expect(placing).rejects.toMatchObject({ code: 'limit_exceeded', details: { state: 'not_placed' } });
    expect(await trader.orders()).toEqual([]);
    const replies = Object.entries(await trader.sandbox.requests()).filter(([name]) =>
      name.includes('/reply/'),
    );
    expect(replies).toHaveLength(2);
  });

  it('does not leave on a connection that was deleted', async () => {
    const trader = await newTrader();
    const match = { method: 'POST', path: '/iserver/auth/status' };
    await trader.sandbox.fault({ kind: 'delay', delayMs: 2_000, times: 1, match });
    const placing = trader.place();
    await delay(1_000);
    const { db, connectionId, ownerUid } = trader.desk();
    await deleteConnection(db, { id: connectionId, ownerUid });
    await expect(placing).rejects.toBeInstanceOf(GatewayError);
    expect(await trader.orders()).toEqual([]);
  });

  it('does not leave for a key that was revoked', async () => {
    const trader = await newTrader();
    const desk = trader.desk();
    const { id } = await createApiKey(desk.db, {
      connection: { id: desk.connectionId, ownerUid: 'owner' },
      label: 'bot',
      scope: 'write',
    });
    await trader.sandbox.fault({ kind: 'delay', delayMs: 2_000, times: 1, match: ORDERS });
    const first = trader.place();
    await delay(500);
    const second = trader.place({ quantity: 2 }, { desk: { ...desk, app: { ...desk.app, id } } });
    await delay(500);
    await revokeAllApiKeys(desk.db, { connectionId: desk.connectionId });
    await expect(second).rejects.toMatchObject({
      code: 'not_placed',
      message: expect.stringContaining('revoked'),
    });
    await first;
    expect(await trader.orders()).toHaveLength(1);
  });
});
