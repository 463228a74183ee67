/** The second factor of a sign-in: by the secret of an authenticator app, or by its owner, while they are there. */

import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { cookieList } from './cookies.ts';
import { FACTORS, type Factor, factorNamed } from './factors.ts';
import { signInChanged } from './refusals.ts';
import { type Asked, answerFactor, asked, askFactor, type Proven, type Way } from './sign-in.ts';

/**
 * What the owner, who is there, does: has IBKR ask for what it wants, by a second factor that they may choose, types a code,
 * or looks whether their yes came.
 */
export const ownersAct = z.discriminatedUnion('act', [
  z.object({ act: z.literal('ask'), by: z.enum(FACTORS).optional() }),
  z.object({ act: z.literal('code'), code: z.string() }),
  z.object({ act: z.literal('look') }),
]);
export type OwnersAct = z.output<typeof ownersAct>;

/** A sign-in that its owner was asked for something for. */
const unfinished = z.object({ asked, cookies: cookieList });
export type Unfinished = z.output<typeof unfinished>;

export function readUnfinished(stored: Uint8Array): Unfinished {
  return unfinished.parse(JSON.parse(Buffer.from(stored).toString()));
}

function writeUnfinished(state: Unfinished): Uint8Array {
  return Buffer.from(JSON.stringify(state));
}

/** Where it waits for its owner, for some minutes; what is kept lets in whoever has it, so it is kept sealed. */
export interface UnfinishedStore {
  read(): Promise<Uint8Array | null>;
  /** @param state Null: it is over. */
  write(state: Uint8Array | null): Promise<void>;
}

/** Asked directly before a code leaves. */
export interface Codes {
  /** @returns null where no secret of an app is stored and nothing was typed. */
  ofApp(): (() => Promise<string>) | null;
  beforeCode(): Promise<void>;
  codeTaken(): Promise<void>;
}

/** Who signs in, as far as it is about a second factor. */
export interface Asking {
  act: OwnersAct | undefined;
  codes: Codes;
  store: UnfinishedStore;
  /** What the owner chose, now or before; null: nothing. */
  chosen: Factor | null;
  /** The secret of their app is stored: no person is needed. */
  hasSecret: boolean;
}

/**
 * Shows one of the factors that IBKR wants.
 * @throws {BrokerError} for what the owner has to do, whom IBKR has just asked if they are there.
 */
export async function showFactor(
  proven: Proven,
  names: readonly string[],
  way: Way,
  asking: Asking,
): Promise<void> {
  const { act, codes, store } = asking;
  const offered = FACTORS.filter((factor) => names.some((name) => factorNamed(name) === factor));
  const [first] = offered;
  if (first === undefined) throw signInChanged('sftypes');
  const { factor, notOffered } = choice(first, offered, asking);
  const name = names.find((each) => factorNamed(each) === factor) ?? '';
  if (factor === 'app') {
    const code = notOffered === null ? codes.ofApp() : null;
    if (code === null) throw wantedError({ factor: name, challenge: null }, { offered, notOffered });
    const asked = await askFactor(proven, name, way);
    await answerFactor(asked, await code(), way).catch((error) => {
      const isTyped = act?.act === 'code';
      throw isTyped && isWrongCode(error) ? wantedError(asked, { isRefused: true, offered }) : error;
    });
    return codes.codeTaken();
  }
  if (act?.act !== 'ask' || notOffered !== null) {
    throw wantedError({ factor: name, challenge: null }, { offered, notOffered });
  }
  // A no on the phone counts as a wrong code does.
  if (factor === 'phone') await codes.beforeCode();
  const state = { asked: await askFactor(proven, name, way), cookies: way.cookies.all };
  await store.write(writeUnfinished(state));
  throw wantedError(state.asked, { isSent: true, offered });
}

/** By which factor to go on: as the owner says now, else by the secret, else as they said before. */
function choice(
  first: Factor,
  offered: readonly Factor[],
  { act, chosen, hasSecret }: Asking,
): { factor: Factor; notOffered: Factor | null } {
  const isOffered = (factor: Factor) => offered.includes(factor);
  const said = act?.act === 'ask' ? (act.by ?? null) : null;
  if (said !== null && isOffered(said)) return { factor: said, notOffered: null };
  const usual = chosen !== null && isOffered(chosen) ? chosen : first;
  return { factor: hasSecret && isOffered('app') ? 'app' : usual, notOffered: said };
}

/**
 * Goes on with a sign-in for which its owner was asked something.
 * @throws {BrokerError} for what is still wanted.
 */
export async function goOn(
  { asked }: Unfinished,
  act: OwnersAct,
  way: Way,
  { codes, store }: Asking,
): Promise<Proven> {
  const isYes = factorNamed(asked.factor) === 'phone' && asked.challenge === null;
  const response = act.act === 'code' ? act.code : '';
  if (isYes === (response !== '')) throw wantedError(asked, { isSent: true });
  if (!isYes) await codes.beforeCode();
  const answer = await answerFactor(asked, response, way).catch(async (error) => {
    // Another code may be typed; a no on the phone is one.
    if (isWrongCode(error) && isYes) await store.write(null);
    throw isWrongCode(error) ? wantedError(asked, { isSent: !isYes, isRefused: true }) : error;
  });
  if (answer === 'waiting') throw wantedError(asked, { isSent: true });
  await codes.codeTaken();
  await store.write(null);
  return asked.proven;
}

function isWrongCode(error: unknown): boolean {
  return error instanceof BrokerError && error.problem.name === 'wrong_code';
}

function wantedError(
  { factor, challenge }: Pick<Asked, 'factor' | 'challenge'>,
  {
    isSent = false,
    isRefused = false,
    offered = null,
    notOffered = null,
  }: {
    isSent?: boolean;
    isRefused?: boolean;
    offered?: readonly Factor[] | null;
    notOffered?: Factor | null;
  },
): BrokerError {
  const facts = { isSent, isRefused, offered, notOffered };
  switch (factorNamed(factor)) {
    case 'phone':
      return new BrokerError({ name: 'approval_wanted', ...facts, challenge });
    case 'app':
      return new BrokerError({ name: 'code_wanted', ...facts });
    default:
      return new BrokerError({ name: 'sent_code_wanted', ...facts });
  }
}
