/** The orders of a connection that IBKR does not list: what waits, and what is on its way or lost to sight. */
import type { z } from 'zod';
import type { Order } from '../../../broker/orders/order-answers.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { ApprovalMode } from '../../../contract/rules/approval.ts';
import type { openIntentOutput } from '../../../contract/tool-outputs/orders.ts';
import { listIntents } from '../../../store/order-intents.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import { isAbandoned, isExpired } from '../../../trading/domain/intent-states.ts';
import { intendedOrder, intentNamed, intentSentence } from '../../../trading/domain/order.ts';
import { stricter } from '../../../trading/domain/risk/rules.ts';
import { refresh } from '../../../trading/engine/reconcile.ts';
import { approvalMode, tradingContext } from '../../../trading/engine/submit-context.ts';
import { approvalUrl } from './intent-output.ts';
import { isOwn, ownName } from './own-orders.ts';

const OPEN_STATES = ['awaiting_approval', 'needs_reply', 'sending', 'unknown'] as const;
type OpenState = (typeof OPEN_STATES)[number];

/**
 * @param listed The orders that IBKR lists: what is among them is not unknown.
 * @param accountId Only those of this account; null: of all.
 */
export async function openIntents(
  context: ToolContext,
  listed: readonly Order[],
  accountId: string | null,
): Promise<Record<'waiting' | 'unknown', z.output<typeof openIntentOutput>[]>> {
  const { db, connection } = context;
  const now = new Date();
  const found = new Set(listed.map(({ clientOrderId }) => intentNamed(clientOrderId)));
  const intents = (await listIntents(db, connection.id, OPEN_STATES)).filter(
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
    const isLost = isAbandoned(intent, now);
    const waits = !isLost && (intent.state === 'awaiting_approval' || intent.state === 'needs_reply');
    if (waits) answer.waiting.push(shownIntent(context, intent, intent.state));
    else if (!found.has(intent.id)) {
      answer.unknown.push(shownIntent(context, intent, isLost ? 'unknown' : intent.state));
    }
  }
  return answer;
}

function shownIntent(
  context: ToolContext,
  intent: OrderIntent,
  state: OrderIntent['state'],
): z.output<typeof openIntentOutput> {
  const order = intendedOrder(intent);
  const { id, app, approval, question, ibkrOrderId, createdAt } = intent;
  const mode = isOwn(context, intent) ? stricter(approval.mode, approvalMode(context)) : approval.mode;
  const open = OPEN_STATES.find((one) => one === state) ?? 'unknown';
  const expiresAt =
    open === 'needs_reply' ? question?.expiresAt : open === 'awaiting_approval' ? approval.expiresAt : null;
  return {
    intent_id: id,
    client_order_id: ownName(context, intent),
    order_id: order.modifies ?? ibkrOrderId,
    account_id: order.accountId,
    order: intentSentence(intent),
    state: open,
    asked_by: app.label || app.name,
    asked_at: createdAt.toISOString(),
    expires_at: expiresAt?.toISOString() ?? null,
    ...(open === 'needs_reply' && question !== null
      ? { warnings: question.warnings.map(({ text }) => text) }
      : {}),
    ...(isForOwner(open, mode) ? { approval_url: approvalUrl(intent, context.publicOrigin) } : {}),
    next_step: nextStep(open, mode, isOwn(context, intent)),
  };
}

function isForOwner(state: OpenState, mode: ApprovalMode): boolean {
  return mode === 'owner' && (state === 'awaiting_approval' || state === 'needs_reply');
}

function nextStep(state: OpenState, mode: ApprovalMode, isOwnOrder: boolean): string {
  if (state === 'sending') return 'It is being sent: ask get_order_status with its intent_id.';
  if (state === 'unknown')
    return 'Do not place it again: get_order_status with its intent_id finds out what became of it.';
  const back = isOwnOrder ? ' cancel_order with its intent_id takes it back.' : '';
  if (mode === 'owner') return `Give the user the link: only there can it be approved.${back}`;
  if (!isOwnOrder) return 'Only the app that asked for it can confirm it or take it back.';
  const what = state === 'needs_reply' ? 'the warnings' : 'it';
  return `Read ${what} to the user, and call confirm_order with its intent_id if they agree.${back}`;
}
