/** Whose turn it is to send: orders of one connection go out one after the other, while their owner allows it. */
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import { isRevoked } from '../../store/credentials/credentials.ts';
import { readLedger, type SeenOrder } from '../../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { isAnySending } from '../domain/ledger.ts';
import { ordersAhead } from '../domain/transitions.ts';
import type { TradingContext } from './context.ts';

/** About as long as one order takes. */
const TURN_TAKES_MS = 150;
/** What sending, and a look at what became of it, may take of a call's time. */
const SENDING_TAKES_MS = 8_000;
/** A cancellation is more urgent than that no question about another order lapses. */
const IDLE_WITHIN_MS = 3_000;

/**
 * Waits for the orders of the connection that are to be sent before.
 * @throws {GatewayError} when that takes too long, and as `ordersAhead`.
 */
export async function waitForTurn(trading: TradingContext, intent: OrderIntent): Promise<void> {
  const { db, connectionId, letIn } = trading;
  // Who came after it was let in is behind it.
  let state = letIn?.intentId === intent.id ? letIn : await readLedger(db, connectionId);
  trading.letIn = undefined;
  for (;;) {
    const ahead = ordersAhead(state, intent, new Date());
    if (ahead === 0) return;
    const wait = ahead * TURN_TAKES_MS;
    if (Date.now() + wait + SENDING_TAKES_MS > trading.ibkr.deadline) {
      throw new GatewayError(
        'not_placed',
        `${ahead} other orders of this connection are being sent first, which takes too long.`,
        'Place it again if it is still wanted.',
      );
    }
    await delay(wait);
    state = await readLedger(db, connectionId);
  }
}

/**
 * The last look before something of an intent leaves for IBKR.
 * @returns what it saw.
 * @throws {GatewayError} as `ordersAhead`, and `not_placed` when the access of the app was taken back meanwhile.
 */
export async function assertMaySend(
  { db, connectionId }: TradingContext,
  intent: OrderIntent,
): Promise<SeenOrder | null> {
  const [state, revoked] = await Promise.all([readLedger(db, connectionId), isRevoked(db, intent.app)]);
  ordersAhead(state, intent, new Date());
  if (revoked) {
    throw new GatewayError(
      'not_placed',
      'The key or app that asked for it was revoked.',
      'Only the owner can give access again, in the console.',
    );
  }
  const { ledger, updateTime } = state;
  return updateTime === undefined ? null : { ledger, intent, updateTime };
}

/** Waits shortly until no order of the connection is being sent, since a cancellation makes IBKR forget its question. */
export async function waitForIdle({ db, connectionId }: TradingContext): Promise<void> {
  const until = Date.now() + IDLE_WITHIN_MS;
  while (isAnySending((await readLedger(db, connectionId)).ledger, new Date())) {
    if (Date.now() + TURN_TAKES_MS > until) return;
    await delay(TURN_TAKES_MS);
  }
}
