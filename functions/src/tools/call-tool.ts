/** Runs one tool call: arguments in as they came, a result or a public error out. Never throws. */

import { inWords } from '../connections/broker-words.ts';
import type { ToolContext } from '../connections/call-context.ts';
import { KINDS } from '../connections/kinds/index.ts';
import type { ConnectionKind } from '../contract/connection-kind.ts';
import { type ErrorCode, faultBehind, GatewayError, type PublicError } from '../errors.ts';
import type { CallOutcome } from '../store/audit.ts';
import { isStorageFailure, withDeadline } from '../store/database/in-time.ts';
import { findIntent } from '../store/orders/order-intents.ts';
import { intendedOrder } from '../trading/domain/order.ts';
import { givenArguments } from './given-arguments.ts';
import { invalidArguments } from './invalid-arguments.ts';
import type { Tool } from './tool.ts';

/** A call has its answer by then. It asks IBKR for nothing any more long before, so that only storage can keep it. */
const ENDS_WITHIN_MS = 28_000;
/** Of an answer that could do without. */
const DETAIL_WITHIN_MS = 2_000;

/** What records say of a call whose order waits for a person, by the state that it answers. */
const WAITING: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['awaiting_approval', 'approval_required'],
  ['needs_reply', 'order_needs_reply'],
]);

export type ToolResult = (
  | { ok: true; value: Record<string, unknown> }
  | { ok: false; error: PublicError }
) & {
  /** HTTP requests sent to IBKR. */
  upstreamCalls: number;
};

/**
 * @param args The caller's arguments, as they came.
 * @param openContext May reject with what `run` may reject with.
 * @param report Told of faults that are ours, which the caller sees only as `internal_error`.
 */
export async function callTool(
  tool: Tool,
  args: Record<string, unknown>,
  openContext: () => Promise<ToolContext>,
  report: (fault: unknown) => void,
): Promise<ToolResult> {
  let context: ToolContext | undefined;
  const upstreamCalls = () => context?.ibkr.upstreamCalls ?? 0;
  const answer = async () => {
    const given = givenArguments(args);
    const parsed = tool.input.safeParse(given);
    if (!parsed.success) throw invalidArguments(tool, given, parsed.error);
    context = await openContext();
    const value = await tool.run(parsed.data, context);
    return { ...value, ...accountNote(context) };
  };
  try {
    const value = await withDeadline(answer(), undefined, ENDS_WITHIN_MS);
    return { ok: true, value, upstreamCalls: upstreamCalls() };
  } catch (error) {
    const fault = isStorageFailure(error) ? storageError(tool, context, error) : error;
    const failure = publicError(fault, report, context?.connection.kind);
    return { ok: false, error: await addAccount(failure, context), upstreamCalls: upstreamCalls() };
  }
}

/** A failure says which account it is about: that of the order that it names, else that of the order that was asked for. */
async function addAccount(failure: PublicError, context: ToolContext | undefined): Promise<PublicError> {
  const { details } = failure;
  if (context === undefined || details?.account_id !== undefined) return failure;
  const accountId =
    typeof details?.intent_id === 'string'
      ? await accountOf(context, details.intent_id)
      : context.orderAccountId;
  return accountId === undefined ? failure : { ...failure, details: { ...details, account_id: accountId } };
}

/** Undefined where it cannot be read: the failure itself is told all the same. */
async function accountOf({ db, connection }: ToolContext, intentId: string): Promise<string | undefined> {
  const found = withDeadline(findIntent(db, connection.id, intentId), undefined, DETAIL_WITHIN_MS);
  const intent = await found.catch(() => null);
  return intent === null ? undefined : intendedOrder(intent).accountId;
}

/** What is told beside an answer about an account that nobody chose; `defineTool` has it in every output schema. */
function accountNote(context: ToolContext | undefined): { account_note?: string } {
  return context?.accountNote === undefined ? {} : { account_note: context.accountNote };
}

/** What is known of a call that storage failed, or did not answer in time. */
function storageError({ scope }: Tool, context: ToolContext | undefined, cause: unknown): GatewayError {
  const message = 'The gateway cannot reach its storage at the moment.';
  if (scope === 'read') {
    return new GatewayError('internal_error', message, 'Nothing was changed. Try again in a moment.', {
      cause,
    });
  }
  if (context?.ibkr.hasSentChange === true) {
    return new GatewayError(
      'order_state_unknown',
      `${message} Something was sent to IBKR before, and it is not known what came of it.`,
      'Do not send it again. Look with get_orders in a minute or two: that finds out.',
      { cause },
    );
  }
  return new GatewayError(
    'internal_error',
    `${message} Nothing was sent to IBKR.`,
    'It may have been written down all the same. In a moment, look how things stand, for an order with get_orders, before you ask again.',
    { cause },
  );
}

function publicError(
  failure: unknown,
  report: (fault: unknown) => void,
  kind: ConnectionKind | undefined,
): PublicError {
  const error = inWords(failure, kind && KINDS[kind].words);
  if (error instanceof GatewayError) {
    const fault = faultBehind(error);
    if (fault !== undefined) report(fault);
    return error.toPublic();
  }
  report(error);
  return new GatewayError(
    'internal_error',
    'The gateway failed to answer this call.',
    'Try once more. If it fails again, tell the operator the time of the call.',
  ).toPublic();
}

/** Whether the call answered for an order that waits for a person. */
export function isWaiting(result: ToolResult): result is Extract<ToolResult, { ok: true }> {
  return result.ok && WAITING.has(result.value.state);
}

/** What the audit keeps of a result. */
export function auditOf(result: ToolResult): CallOutcome {
  const { intent_id } = (result.ok ? result.value : result.error.details) ?? {};
  return {
    outcome: result.ok ? 'ok' : 'error',
    errorCode: result.ok ? (WAITING.get(result.value.state) ?? null) : result.error.code,
    errorMessage: result.ok ? null : result.error.message,
    intentId: typeof intent_id === 'string' ? intent_id : null,
    upstreamCalls: result.upstreamCalls,
  };
}
