/** How tools tell of an order that waits: for a yes, or for an answer to what IBKR asks about it. */
import type { z } from 'zod';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { ApprovalMode } from '../../../contract/rules/approval.ts';
import type { waitingOutput } from '../../../contract/tool-outputs/orders.ts';
import type { OrderIntent } from '../../../trading/domain/intent.ts';
import type { WaitingIntent } from '../../../trading/domain/intent-states.ts';
import { intendedOrder, intentSentence } from '../../../trading/domain/order.ts';
import { ownName } from './own-orders.ts';

/**
 * The answer for an order that waits.
 * @param mode Who has to say yes now, where the rules became stricter since the order was asked for.
 */
export function waitingResult(
  intent: WaitingIntent,
  context: ToolContext,
  mode: ApprovalMode = intent.approval.mode,
): z.output<typeof waitingOutput> {
  const { accountId, modifies } = intendedOrder(intent);
  return {
    intent_id: intent.id,
    order_id: modifies ?? intent.ibkrOrderId,
    client_order_id: ownName(context, intent),
    order: intentSentence(intent),
    account_id: accountId,
    mode: context.connection.mode,
    ...waitWords(intent, context, mode),
    ...(intent.preview === null ? {} : { preview: JSON.parse(intent.preview) }),
  };
}

/** What it waits for, how long, and the next step. */
export function waitWords(
  intent: WaitingIntent,
  { publicOrigin }: Pick<ToolContext, 'publicOrigin'>,
  mode: ApprovalMode,
): Pick<z.output<typeof waitingOutput>, 'state' | 'expires_at' | 'warnings' | 'approval_url' | 'next_step'> {
  const { state, question, approval } = intent;
  const expiresAt = state === 'needs_reply' ? question?.expiresAt : approval.expiresAt;
  return {
    state,
    expires_at: expiresAt?.toISOString() ?? null,
    ...(state === 'needs_reply' ? { warnings: question?.warnings ?? [] } : {}),
    ...(mode === 'owner' ? { approval_url: approvalUrl(intent, publicOrigin) } : {}),
    next_step: nextStep(intent, mode),
  };
}

function nextStep(intent: WaitingIntent, mode: ApprovalMode): string {
  return [yesWords(intent, mode), ...unguardedWords(intent)].join(' ');
}

/** Orders that compete with a close are gone by the time IBKR asks: a cancellation would make it forget its question. */
function unguardedWords(intent: WaitingIntent): string[] {
  const { closes, modifies } = intendedOrder(intent);
  if (intent.state !== 'needs_reply' || closes !== true || modifies !== undefined) return [];
  return [
    'Until then the position stands without this app’s other orders on it, exits included: they were cancelled before, and a no or an end without an answer does not bring them back.',
  ];
}

function yesWords({ state }: WaitingIntent, mode: ApprovalMode): string {
  const what = state === 'needs_reply' ? 'IBKR’s warnings are accepted' : 'The order is approved';
  if (mode === 'owner') {
    return `${what} by its owner at approval_url, and nothing is sent before; wait_for_order tells when that happens.`;
  }
  return `${what} with confirm_order and the intent_id, once the user has said yes to it.`;
}

/** Where the owner says yes or no to an order. */
function approvalUrl({ id }: OrderIntent, publicOrigin: string): string {
  return `${publicOrigin}/approve/${id}`;
}
