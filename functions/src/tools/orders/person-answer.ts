/** A person's answer about an order that a tool left waiting, given in the host itself. */
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { ToolContext } from '../../connections/call-context.ts';
import { GatewayError } from '../../errors.ts';
import { findIntent } from '../../store/orders/order-intents.ts';
import { isSameApp, type OrderIntent } from '../../trading/domain/intent.ts';
import { isWaiting } from '../../trading/domain/intent-states.ts';
import { hashText } from '../../trading/domain/order.ts';
import { stricter } from '../../trading/domain/risk/rules.ts';
import { approveWaiting, rejectWaiting } from '../../trading/engine/submit.ts';
import { tradingContext } from '../../trading/engine/submit-context.ts';
import { intentAnswer, type intentOutput } from './output/intent-output.ts';
import { riskInputsNow } from './risk-inputs-now.ts';

/** How long a call waits for the owner, who is on the page: hosts wait longer than that for a tool. */
const OWNER_TAKES_MS = 25_000;
const BETWEEN_LOOKS_MS = 1_500;

/** What a person was asked. */
export interface AskedOrder {
  intentId: string;
  /** `subjectOf` the intent then: an answer is for that alone. */
  subject: string;
}

/** `elsewhere`: the person went to the page to say it there. `none`: they did not say. */
export type Answer = 'yes' | 'no' | 'elsewhere' | 'none';

/** What a yes would be for: an order, or IBKR's question about it. */
export function approvalSubject({ state, orderHash, question }: OrderIntent): string {
  return hashText(`${state} ${orderHash} ${question?.replyId ?? ''}`);
}

/**
 * Does what the person said. Of an order that its owner decides on, it only waits for what they say on the page.
 * @throws {GatewayError} as `confirm_order`; `approval_expired` when it waits for something else by now, or nothing.
 */
export async function applyAnswer(
  { intentId, subject }: AskedOrder,
  answer: Answer,
  context: ToolContext,
): Promise<z.output<typeof intentOutput>> {
  const trading = tradingContext(context);
  const intent = await findAppIntent(context, intentId);
  const mode = stricter(intent.approval.mode, trading.approval);
  if (mode === 'owner') {
    const decided = answer === 'elsewhere' ? await awaitOwner(context, intent) : intent;
    return intentAnswer(decided, context, mode);
  }
  if (approvalSubject(intent) !== subject) throw staleAnswerError(intent);
  const by = `the user of ${context.app.name}`;
  switch (answer) {
    case 'elsewhere':
    case 'none':
      return intentAnswer(intent, context, mode);
    case 'no':
      return intentAnswer(await rejectWaiting(trading, intent, by), context, mode);
    case 'yes':
      return intentAnswer(
        await approveWaiting(trading, intent, { by, inputs: await riskInputsNow(context, intent) }),
        context,
        mode,
      );
  }
}

/**
 * An order that this app asked for, also before it signed in again.
 * @throws {GatewayError} `not_found`, also for another app's.
 */
export async function findAppIntent({ db, connection, app }: ToolContext, id: string): Promise<OrderIntent> {
  const intent = await findIntent(db, connection.id, id);
  if (intent !== null && isSameApp(intent.app, app)) return intent;
  throw new GatewayError(
    'not_found',
    'There is no such order to confirm.',
    'Use the intent_id that place_order answered to this app.',
  );
}

/** What is decided already is told at once, or as soon as it has been sent. */
async function awaitOwner(context: ToolContext, intent: OrderIntent): Promise<OrderIntent> {
  const until = Date.now() + OWNER_TAKES_MS;
  const isUndecided = (seen: OrderIntent) =>
    isWaiting(seen) && approvalSubject(seen) === approvalSubject(intent);
  let seen = intent;
  while (isUndecided(seen) || seen.state === 'sending') {
    if (Date.now() + BETWEEN_LOOKS_MS > until) break;
    await delay(BETWEEN_LOOKS_MS);
    seen = await findAppIntent(context, intent.id);
  }
  return seen;
}

function staleAnswerError({ id, state }: OrderIntent): GatewayError {
  return new GatewayError(
    'approval_expired',
    `The answer is for something that is no longer asked: the order is ${state}.`,
    'See get_order_status with its intent_id.',
    { details: { intent_id: id, state } },
  );
}
