/** A request that reaches IBKR long after the call for it was given up must not be called absent before. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { OFFERED_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import type { Answer } from './floor/instances.ts';
import { type Account, TradingFloor } from './floor/trading-floor.ts';
import { intentOf } from './scripts/script-run.ts';

const MARKET_ORDER = { symbol: 'AAPL', side: 'BUY', quantity: 1, order_type: 'MKT' };
/** Longer than the service waits for IBKR, shorter than IBKR itself works on a call. */
const LATE_MS = 10_500;
/** Long after the call was given up. */
const HELD_UP_MS = 45_000;
const ORDERS = { method: 'POST', path: '/iserver/account/*/orders' };
const REPLIES = { method: 'POST', path: '/iserver/reply/*' };
const SESSION_CHECK = { method: 'POST', path: '/iserver/auth/status' };

let floor: TradingFloor;

beforeAll(async () => {
  floor = await TradingFloor.open(1, { program: inject('instanceProgram') });
});
afterAll(() => floor.close());

function late(account: Account, match: typeof ORDERS, delayMs: number): Promise<void> {
  return floor.fault(account.connectionId, { kind: 'delay', match, times: 1, delayMs });
}

/** The order is there once the late request has arrived, and no answer before or after says otherwise. */
async function expectOrderBehind(account: Account, answer: Answer, lateMs = LATE_MS): Promise<void> {
  if (answer.kind === 'error') expect(answer.code).toBe('order_state_unknown');
  const intentId = intentOf(answer);
  await delay(lateMs);
  expect((await floor.orders()).filter(({ cOID }) => cOID === `ig-${intentId}`)).toHaveLength(1);
  const args = { intent_id: intentId };
  const status = await floor.instances.call(0, account.key, 'get_order_status', args);
  expect(status).toMatchObject({ kind: 'ok', value: { state: 'filled' } });
}

it.concurrent('waits for a yes to IBKR that was given long after the order was sent', async () => {
  const account = await floor.openAccount({ approval: 'none' });
  const asked = await floor.instances.call(0, account.key, 'place_order', MARKET_ORDER);
  expect(asked).toMatchObject({ kind: 'ok', value: { state: 'needs_reply' } });
  await delay(16_000);
  await late(account, REPLIES, LATE_MS);
  const args = { intent_id: intentOf(asked) };
  await expectOrderBehind(account, await floor.instances.call(0, account.key, 'confirm_order', args));
});

it.concurrent('waits for an order that left late because its session was looked at first', async () => {
  const account = await floor.openAccount({
    approval: 'none',
    acceptedWarnings: Object.keys(OFFERED_WARNINGS),
  });
  await floor.instances.call(0, account.key, 'get_accounts', {});
  await late(account, SESSION_CHECK, 7_500);
  await late(account, REPLIES, LATE_MS);
  const answer = await floor.instances.call(0, account.key, 'place_order', MARKET_ORDER);
  await expectOrderBehind(account, answer);
});

it.concurrent('waits for an order that something on the way holds up', async () => {
  const account = await floor.openAccount({
    approval: 'none',
    acceptedWarnings: Object.keys(OFFERED_WARNINGS),
  });
  await late(account, REPLIES, HELD_UP_MS);
  const answer = await floor.instances.call(0, account.key, 'place_order', MARKET_ORDER);
  expect(answer).toMatchObject({ kind: 'error', code: 'order_state_unknown' });
  const args = { intent_id: intentOf(answer) };
  const status = await floor.instances.call(0, account.key, 'get_order_status', args);
  expect(status).toMatchObject({ kind: 'error', code: 'order_state_unknown' });
  await expectOrderBehind(account, answer, HELD_UP_MS);
});
