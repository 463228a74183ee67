/** What the signed-in user does, for the audit. */

import type { Context } from 'hono';
import { inWords } from '../connections/broker-words.ts';
import type { OwnerAct } from '../contract/audit.ts';
import { GatewayError } from '../errors.ts';
import { type OwnerCall, recordByOwner } from '../http/owner-acts.ts';
import type { ConsoleEnv } from './environment.ts';

/** Writes down a call of a tool, or an act. */
export function recordOwnCall(context: Context<ConsoleEnv>, call: OwnerCall): Promise<void> {
  const { address, requestId } = context.env;
  return recordByOwner(context.env, { uid: context.get('user').uid, address, requestId }, call);
}

/** Does what the user decided about an order, and writes down what came of it. */
export async function recordedDecision<Result>(
  context: Context<ConsoleEnv>,
  decision: { connection: OwnerCall['connection']; act: OwnerAct; order: string; intentId: string },
  decide: () => Promise<Result>,
): Promise<Result> {
  const at = new Date();
  const { connection, act, order, intentId } = decision;
  const record = (end: Pick<OwnerCall['outcome'], 'outcome' | 'errorCode' | 'errorMessage'>) =>
    recordOwnCall(context, {
      at,
      connection,
      tool: act,
      args: { order },
      outcome: { ...end, intentId, upstreamCalls: 0 },
    });
  try {
    const result = await decide();
    await record({ outcome: 'ok', errorCode: null, errorMessage: null });
    return result;
  } catch (caught) {
    const error = inWords(caught);
    const known = error instanceof GatewayError ? error : null;
    const [errorCode, errorMessage] = [known?.code ?? 'internal_error', known?.message ?? null] as const;
    await record({ outcome: 'error', errorCode, errorMessage });
    throw error;
  }
}
