/**
 * How a stop goes through the accounts of a login in as many runs as it takes: always on to the account that was looked
 * at longest ago, until each was seen without a working order since one was last seen anywhere.
 */
import type { StopProgress } from '../../store/orders/panics.ts';

/** What one look at an account found. */
export interface AccountLook {
  /** Whether IBKR listed the account beyond doubt. */
  isCertain: boolean;
  /** Orders of the account that are not over by the end of the look. */
  open: number;
  /** Whether any order was seen at work, of this account or of another. */
  sawWork: boolean;
}

/** What may have missed something counts the second time in a row. */
const DOUBTFUL_LOOKS = 2;

/**
 * The account to look at next.
 * @param accounts Of the login, those with the newest orders first.
 * @param seen How often each was looked at in this run: more than once only to make sure of a doubtful look.
 */
export function nextAccount(
  progress: StopProgress,
  accounts: readonly string[],
  seen: ReadonlyMap<string, number>,
): string | undefined {
  const begun = (account: string) => progress.accounts[account]?.begun ?? 0;
  return accountsToLookAt(progress, accounts)
    .filter((account) => {
      const looks = seen.get(account) ?? 0;
      return looks === 0 || (looks < DOUBTFUL_LOOKS && (progress.accounts[account]?.doubtful ?? 0) > 0);
    })
    .sort((one, other) => begun(one) - begun(other))[0];
}

/** Notes that a look begins, so that whatever becomes of it, another account is next. */
export function beginLook(progress: StopProgress, account: string): StopProgress {
  const looks = progress.looks + 1;
  const before = progress.accounts[account] ?? { clear: null, open: null, doubtful: 0 };
  return { ...progress, looks, accounts: { ...progress.accounts, [account]: { ...before, begun: looks } } };
}

/**
 * Notes what the look that was begun last has found.
 * @param isAwaited An order of the account is under way, which IBKR may not list yet.
 */
export function endLook(
  { looks, seen, accounts }: StopProgress,
  account: string,
  { isCertain, open, sawWork }: AccountLook,
  isAwaited: boolean,
): StopProgress {
  const before = accounts[account];
  const doubtful = open > 0 || isCertain ? 0 : (before?.doubtful ?? 0) + 1;
  const isClear = open === 0 && !isAwaited && (isCertain || doubtful >= DOUBTFUL_LOOKS);
  const known = { begun: before?.begun ?? looks, clear: isClear ? looks : null, open, doubtful };
  return { looks, seen: sawWork ? looks : seen, accounts: { ...accounts, [account]: known } };
}

/** The accounts to look at, or to look at once more: an order may be working there. */
export function accountsToLookAt({ seen, accounts }: StopProgress, ofLogin: readonly string[]): string[] {
  return ofLogin.filter((account) => (accounts[account]?.clear ?? -1) < seen);
}

/** What is known to be left: accounts that were never listed, and the orders of the others that were not over then. */
export function countLeft(
  { accounts }: StopProgress,
  ofLogin: readonly string[],
): { accounts: number; orders: number } {
  const open = ofLogin.map((account) => accounts[account]?.open ?? null);
  const listed = open.filter((count) => count !== null);
  return { accounts: open.length - listed.length, orders: listed.reduce((sum, count) => sum + count, 0) };
}
