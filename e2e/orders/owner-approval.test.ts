/** Where the owner has to say yes, nothing that comes in over MCP says it for them. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { updateConnection } from '../../functions/src/store/connections.ts';
import { createApiKey } from '../../functions/src/store/credentials/api-keys.ts';
import { SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import { scriptSettings } from './config.ts';
import { TradingFloor } from './floor/trading-floor.ts';
import { intentOf } from './scripts/script-run.ts';

/** What each tool can answer then; the order that it is about is another app's. */
const ANSWERS = {
  place_order: /^(awaiting_approval|idempotency_conflict)$/,
  confirm_order: /^(awaiting_approval|not_found)$/,
  get_order_status: /^(awaiting_approval|not_found)$/,
  modify_order: /^(awaiting_approval|order_not_cancellable)$/,
  cancel_order: /^limit_exceeded$/,
};

let floor: TradingFloor;

beforeAll(async () => {
  floor = await TradingFloor.open(2, { program: inject('instanceProgram') });
});
afterAll(() => floor.close());

const order = fc.record({
  symbol: fc.constantFrom('AAPL', 'MSFT'),
  side: fc.constantFrom('BUY', 'SELL'),
  quantity: fc.integer({ min: 1, max: 3 }),
  order_type: fc.constant('MKT'),
});

/** An account with a working order, placed before the owner wanted to be asked. */
async function accountWithOrder(approval: 'none' | 'owner') {
  const account = await floor.openAccount({ approval: 'none', acceptedWarnings: [...SANDBOX_WARNINGS] });
  const resting = { symbol: 'SPY', side: 'BUY', quantity: 1, order_type: 'LMT', limit_price: 1 };
  const placed = await floor.instances.call(0, account.key, 'place_order', resting);
  if (placed.kind !== 'ok') throw new Error(JSON.stringify(placed));
  const key = await createApiKey(floor.db, {
    connection: { id: account.connectionId, ownerUid: 'owner' },
    label: 'first',
    scope: 'write',
    approval,
  });
  return { connectionId: account.connectionId, key: key.apiKey, orderId: placed.value.order_id };
}

/** A call with its arguments, but for the ids that earlier answers gave: those are counted round. */
const call = fc.record({
  key: fc.nat(1),
  instance: fc.nat(1),
  tool: fc.constantFrom<keyof typeof ANSWERS>(
    'place_order',
    'confirm_order',
    'get_order_status',
    'modify_order',
    'cancel_order',
  ),
  id: fc.nat(20),
  order,
  name: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  again: fc.boolean(),
});

it.each([
  ['of the connection', 'owner', 'none'],
  ['of the key', 'none', 'owner'],
] as const)('sends nothing under the rule %s', async (_, ofConnection, ofKey) => {
  const property = fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 25 }), async (calls) => {
    const { connectionId, key, orderId } = await accountWithOrder(ofKey);
    const before = await floor.orders();
    await updateConnection(floor.db, connectionId, { approval: ofConnection });
    const other = await createApiKey(floor.db, {
      connection: { id: connectionId, ownerUid: 'owner' },
      label: 'other',
      scope: 'write',
      approval: 'owner',
    });
    const keys = [key, other.apiKey];
    const seen: string[] = [];
    for (const { key: by, instance, tool, id, order, name, again } of calls) {
      const intentId = seen[id % Math.max(1, seen.length)] ?? 'none';
      const named = name === undefined ? {} : { client_order_id: name };
      const args = {
        place_order: { ...order, ...named, duplicate_ok: again },
        confirm_order: { intent_id: intentId },
        get_order_status: { intent_id: intentId },
        modify_order: { order_id: orderId, quantity: 10 + id },
        cancel_order: { order_id: orderId },
      }[tool];
      const answer = await floor.instances.call(instance, keys[by] ?? key, tool, args ?? {});
      const intentNow = intentOf(answer);
      if (intentNow !== undefined) seen.push(intentNow);
      expect(answer.kind === 'ok' ? answer.value.state : answer.kind === 'error' && answer.code).toMatch(
        ANSWERS[tool],
      );
    }
    expect(await floor.orders()).toEqual(before);
  });
  await fc.assert(property, { numRuns: 15, seed: scriptSettings().seed });
});
