/** The orders of a connection that IBKR does not list: what waits, and what is on its way or lost to sight. */
import type { z } from 'zod';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { openIntentOutput } from '../../../contract/tool-outputs/orders.ts';
import { listIntents } from '../../../store/orders/order-intents.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { isAbandoned, isExpired, isWaiting } from '../../../trading/domain/intent-states.ts';
import { intendedOrder, intentNamed, intentSentence } from '../../../trading/domain/order.ts';
import { stricter } from '../../../trading/domain/risk/rules.ts';
import { refresh } from '../../../trading/engine/reconcile.ts';
import { approvalMode, tradingContext } from '../../../trading/engine/submit-context.ts';
import { isOwn, ownName } from './own-orders.ts';
import { waitWords } from './waiting-output.ts';

const OPEN_STATES = ['awaiting_approval', 'needs_reply', 'sending', 'unknown'] as const;

/** Those that IBKR may not list. Read before its list: what it takes meanwhile is in one of the two. */
export function readOpenIntents({ db, connection }: ToolContext): Promise<OrderIntent[]> {
  return listIntents(db, connection.id, OPEN_STATES);
}

/**
 * @param read What `readOpenIntents` found.
 * @param listed The orders that IBKR lists since: what is among them neither waits nor is unknown.
 * @param accountId Only those of this account; null: of all.
 */
export async function openIntents(
  context: ToolContext,
  read: readonly OrderIntent[],
  listed: readonly Order[],
  accountId: string | null,
): Promise<Record<'waiting' | 'unknown', z.output<typeof openIntentOutput>[]>> {
  const now = new Date();
  const found = new Set(listed.map(({ clientOrderId }) => intentNamed(clientOrderId)));
  const intents = read.filter(
    (intent) => accountId === null || intendedOrder(intent).accountId === accountId,
  );
  const answer: Record<'waiting' | 'unknown', z.output<typeof openIntentOutput>[]> = {
    waiting: [],
    unknown: [],
  };
  for (const intent of intents) {
    if (isExpired(intent, now)) {
      // Nobody can say yes any more.
      await refresh(tradingContext(context), intent);
      continue;
    }
    if (found.has(intent.id)) continue;
    const isLost = isAbandoned(intent, now);
    if (!isLost && isWaiting(intent)) answer.waiting.push(shownIntent(context, intent, intent.state));
    else answer.unknown.push(shownIntent(context, intent, isLost ? 'unknown' : intent.state));
  }
  return answer;
}

function shownIntent(
  context: ToolContext,
  intent: OrderIntent,
  state: OrderIntent['state'],
): z.output<typeof openIntentOutput> {
  const order = intendedOrder(intent);
  const { id, app, ibkrOrderId, createdAt } = intent;
  return {
    intent_id: id,
    client_order_id: ownName(context, intent),
    order_id: order.modifies ?? ibkrOrderId,
    account_id: order.accountId,
    order: intentSentence(intent),
    asked_by: app.label || app.name,
    asked_at: createdAt.toISOString(),
    ...openWords(context, intent, state),
  };
}

function openWords(context: ToolContext, intent: OrderIntent, state: OrderIntent['state']) {
  if (state === 'sending') {
    const next_step = 'It is being sent: get_order_status with its intent_id tells what became of it.';
    return { state, expires_at: null, next_step };
  }
  if (!isWaiting(intent) || state !== intent.state) {
    const next_step =
      'get_order_status with its intent_id finds out what became of it. Nothing is to be placed again before.';
    return { state: 'unknown' as const, expires_at: null, next_step };
  }
  const isOwnOrder = isOwn(context, intent);
  const { mode } = intent.approval;
  const words = waitWords(intent, context, isOwnOrder ? stricter(mode, approvalMode(context)) : mode);
  if (isOwnOrder || words.approval_url !== undefined) return words;
  return { ...words, next_step: 'Only the app that asked for it can confirm it or take it back.' };
}
