/**
 * What a person who is signed in may do only soon after they proved who they are. A browser left signed in, or an ID
 * token that was stolen, is not enough to give a program or a person more power. What takes power away never asks.
 *
 * How hard they have to prove it is Google's to say: whoever is signed in there may only have to choose the account.
 */
import type { Firestore } from 'firebase-admin/firestore';
import { LIVE_APPROVAL_SIGN_IN_MS, RECENT_SIGN_IN_MS } from '../../contract/rules/bounds.ts';
import { storageTime } from '../../store/database/storage-time.ts';
import { type SignedInUser, SignInRefused } from './signed-in-user.ts';

const RULES = {
  /** Gives more power: keys and apps that trade, looser rules, what a connection signs in with; or deletes. */
  widen: {
    withinMs: RECENT_SIGN_IN_MS,
    refusal:
      'Sign in again to do this: your last sign-in is more than five minutes ago. Nothing has been done yet.',
  },
  /** Says yes to an order with real money. */
  approve: {
    withinMs: LIVE_APPROVAL_SIGN_IN_MS,
    refusal:
      'Sign in again to approve an order with real money: your last sign-in is more than a day ago. The order still waits.',
  },
} as const;

/**
 * @param act What they are about to do.
 * @throws {SignInRefused} `sign_in_again`; ask before anything is done.
 */
export async function needsFreshSignIn(
  db: Firestore,
  act: keyof typeof RULES,
  { signedInAt }: SignedInUser,
): Promise<void> {
  const { withinMs, refusal } = RULES[act];
  const now = await storageTime(db);
  // An age that is not known is none that will do.
  if (!(now.getTime() - signedInAt.getTime() <= withinMs)) throw new SignInRefused('sign_in_again', refusal);
}
