/** What the signed-in user does, for the audit. */

import type { Context } from 'hono';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import { needsFreshSignIn } from '../../http/users/fresh-sign-in.ts';
import { beginByOwner, type OwnerCall, recordByOwner } from '../../http/users/owner-acts.ts';
import { SignInRefused } from '../../http/users/signed-in-user.ts';
import type { ChangeCheck } from '../../store/changed-settings.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv, Planned } from '../requests/environment.ts';

/** Writes down a call of a tool, or an act. */
export function recordOwnCall(context: Context<ConsoleEnv>, call: OwnerCall): Promise<void> {
  context.set('isRecorded', true);
  return recordByOwner(context.env, ownerOf(context), call);
}

/** Says what the signed-in user is about to do: if it is refused, its record tells that. */
export function plan<P extends Planned>(context: Context<ConsoleEnv>, planned: P): P {
  context.set('planned', planned);
  return planned;
}

/**
 * Writes down what the signed-in user is about to do, where that gives more power.
 * @returns the record's id, for that of its end.
 * @throws {NotRecorded} after which nothing may be done.
 */
function beginOwnAct(context: Context<ConsoleEnv>, { connection, act, args }: Planned): Promise<string> {
  context.set('isRecorded', true);
  return beginByOwner(context.env, ownerOf(context), connection, act, args);
}

/**
 * Does what gives more power; it is written down before, and what came of it after.
 * @param told What the record of the end says besides.
 */
export async function makeRecorded<Result>(
  context: Context<ConsoleEnv>,
  planned: Planned,
  act: () => Promise<Result>,
  told: (result: Result) => Partial<Planned> = () => ({}),
): Promise<Result> {
  const at = new Date();
  const begunId = await beginOwnAct(context, planned);
  const end = (now: Planned, ending: Ending) =>
    recordOwnCall(context, {
      at,
      connection: now.connection,
      tool: now.act,
      args: now.args,
      begunId,
      outcome: { ...ending, intentId: null, upstreamCalls: 0 },
    });
  try {
    const result = await act();
    await end({ ...planned, ...told(result) }, WELL);
    return result;
  } catch (caught) {
    await end(planned, endingOf(caught));
    throw caught;
  }
}

/** The change would give more power, and is not written down yet. */
class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

/**
 * Changes settings. A change that gives more power needs a fresh sign-in, and is written down before it is made.
 * @param change Changes them under a check.
 * @returns what the change came to, and the id of the record that it was begun by, for that of its end.
 */
export async function makeCheckedChange<S, Changed>(
  context: Context<ConsoleEnv>,
  planned: Planned,
  isWider: (before: S, after: S) => boolean,
  change: (check: ChangeCheck<S>) => Promise<Changed>,
): Promise<{ changed: Changed; begunId: string | null }> {
  plan(context, planned);
  const at = new Date();
  let begunId: string | null = null;
  const check: ChangeCheck<S> = (before, after) => {
    if (!isWider(before, after)) return;
    if (begunId === null) throw new NotBegun();
  };
  try {
    return { changed: await change(check), begunId };
  } catch (caught) {
    // What is said of the settings is true inside the transaction that changes them, which nothing else may hold up.
    if (!(caught instanceof NotBegun)) throw caught;
  }
  await needsFreshSignIn(context.env.db, 'widen', context.get('user'));
  begunId = await beginOwnAct(context, planned);
  try {
    return { changed: await change(check), begunId };
  } catch (caught) {
    const outcome = { ...endingOf(caught), intentId: null, upstreamCalls: 0 };
    const { connection, act: tool, args } = planned;
    await recordOwnCall(context, { at, connection, tool, args, begunId, outcome });
    throw caught;
  }
}

type Ending = Pick<OwnerCall['outcome'], 'outcome' | 'errorCode' | 'errorMessage'>;

const WELL: Ending = { outcome: 'ok', errorCode: null, errorMessage: null };

/** What was refused, in the words that the user is told; of our own faults nothing. */
export function endingOf(caught: unknown): Ending {
  const error = inWords(caught);
  if (error instanceof GatewayError || error instanceof ApiError || error instanceof SignInRefused) {
    return { outcome: 'error', errorCode: error.code, errorMessage: error.message };
  }
  return { outcome: 'error', errorCode: 'internal_error', errorMessage: null };
}

export function ownerOf(context: Context<ConsoleEnv>) {
  const { address, requestId } = context.env;
  return { uid: context.get('user').uid, address, requestId };
}

/** Does what the user decided about an order, and writes down what came of it; of a yes also that it was given. */
export async function recordedDecision<Result>(
  context: Context<ConsoleEnv>,
  { connection, act, args, intentId }: Planned & { intentId: string },
  decide: () => Promise<Result>,
): Promise<Result> {
  const at = new Date();
  const begunId = act === 'order.reject' ? null : await beginOwnAct(context, { connection, act, args });
  const end = (ending: Ending) =>
    recordOwnCall(context, {
      at,
      connection,
      tool: act,
      args,
      begunId,
      outcome: { ...ending, intentId, upstreamCalls: 0 },
    });
  try {
    const result = await decide();
    await end(WELL);
    return result;
  } catch (caught) {
    await end(endingOf(caught));
    throw inWords(caught);
  }
}
