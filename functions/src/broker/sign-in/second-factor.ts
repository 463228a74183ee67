/** The second factor of a sign-in: by the secret of an authenticator app, or by its owner, while they are there. */

import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { cookieList } from './cookies.ts';
import { signInChanged } from './refusals.ts';
import {
  type Asked,
  answerFactor,
  asked,
  askFactor,
  FACTORS,
  isOnPhone,
  type Proven,
  type Way,
} from './sign-in.ts';

/** What the owner, who is there, does: has IBKR ask for what it wants, types a code, or looks whether their yes came. */
export const ownersAct = z.discriminatedUnion('act', [
  z.object({ act: z.literal('ask') }),
  z.object({ act: z.literal('code'), code: z.string() }),
  z.object({ act: z.literal('look') }),
]);
export type OwnersAct = z.output<typeof ownersAct>;

/** A sign-in that its owner was asked for something for. */
const unfinished = z.object({ asked, isMailed: z.boolean(), cookies: cookieList });
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
  /** IBKR mails a code to who comes with a device that it does not know, whatever other factors there are. */
  isKnownDevice: boolean;
}

/**
 * Shows one of the factors that IBKR wants.
 * @throws {BrokerError} for what the owner has to do, whom IBKR has just asked if they are there.
 */
export async function showFactor(
  proven: Proven,
  factors: readonly string[],
  way: Way,
  { act, codes, store, isKnownDevice }: Asking,
): Promise<void> {
  if (factors.includes(FACTORS.app)) {
    const code = codes.ofApp();
    if (code === null) throw new BrokerError({ name: 'code_wanted', isRefused: false });
    const wanted = await askFactor(proven, FACTORS.app, way);
    await answerFactor(wanted, await code(), way).catch((error) => {
      const isTyped = act?.act === 'code' && error instanceof BrokerError;
      throw isTyped && error.problem.name === 'wrong_code'
        ? new BrokerError({ name: 'code_wanted', isRefused: true })
        : error;
    });
    return codes.codeTaken();
  }
  const factor = factors.find(isOnPhone) ?? factors.find((each) => each === FACTORS.message);
  if (factor === undefined) throw signInChanged('sftypes');
  const isMailed = !isKnownDevice;
  if (act?.act !== 'ask') throw wanted({ factor, challenge: null }, isMailed, {});
  // A no on the phone counts as a wrong code does.
  if (isOnPhone(factor)) await codes.beforeCode();
  const state = { asked: await askFactor(proven, factor, way), isMailed, cookies: way.cookies.all };
  await store.write(writeUnfinished(state));
  throw wanted(state.asked, isMailed, { isSent: true });
}

/**
 * Goes on with a sign-in for which its owner was asked something.
 * @throws {BrokerError} for what is still wanted.
 */
export async function goOn(
  { asked, isMailed }: Unfinished,
  act: OwnersAct,
  way: Way,
  { codes, store }: Asking,
): Promise<Proven> {
  const isYes = isOnPhone(asked.factor) && asked.challenge === null;
  const response = act.act === 'code' ? act.code : '';
  if (isYes === (response !== '')) throw wanted(asked, isMailed, { isSent: true });
  if (!isYes) await codes.beforeCode();
  const answer = await answerFactor(asked, response, way).catch(async (error) => {
    const isRefused = error instanceof BrokerError && error.problem.name === 'wrong_code';
    // Another code may be typed; a no on the phone is one.
    if (isRefused && isYes) await store.write(null);
    throw isRefused ? wanted(asked, isMailed, { isSent: !isYes, isRefused }) : error;
  });
  if (answer === 'waiting') throw wanted(asked, isMailed, { isSent: true });
  await codes.codeTaken();
  await store.write(null);
  return asked.proven;
}

function wanted(
  { factor, challenge }: Pick<Asked, 'factor' | 'challenge'>,
  isMailed: boolean,
  { isSent = false, isRefused = false }: { isSent?: boolean; isRefused?: boolean },
): BrokerError {
  if (isOnPhone(factor)) return new BrokerError({ name: 'approval_wanted', isSent, isRefused, challenge });
  const name = isMailed ? 'mailed_code_wanted' : 'texted_code_wanted';
  return new BrokerError({ name, isSent, isRefused });
}
