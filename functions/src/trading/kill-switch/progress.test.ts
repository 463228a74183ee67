import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accountsToLookAt, beginLook, countLeft, endLook, nextAccount } from './progress.ts';

const NOTHING_YET = { looks: 0, seen: 0, accounts: {} };
const CLEAR = { isCertain: true, open: 0, sawWork: false };

/** Looks at accounts, as one run would, and answers the order they came in. */
function run(
  accounts: readonly string[],
  lookAt: (account: string) => Parameters<typeof endLook>[2] | null,
  mostLooks: number,
  before: Parameters<typeof endLook>[0] = NOTHING_YET,
) {
  let progress = before;
  const seen = new Map<string, number>();
  const order: string[] = [];
  while (order.length < mostLooks) {
    const account = nextAccount(progress, accounts, seen);
    if (account === undefined) break;
    seen.set(account, (seen.get(account) ?? 0) + 1);
    order.push(account);
    progress = beginLook(progress, account);
    const look = lookAt(account);
    if (look !== null) progress = endLook(progress, account, look, false);
  }
  return { progress, order };
}

it('goes on where the last run ended', () => {
  const accounts = ['A', 'B', 'C', 'D', 'E'];
  const first = run(accounts, () => CLEAR, 2);
  const second = run(accounts, () => CLEAR, 2, first.progress);
  const third = run(accounts, () => CLEAR, 2, second.progress);
  expect([first.order, second.order, third.order]).toEqual([['A', 'B'], ['C', 'D'], ['E']]);
  expect(accountsToLookAt(third.progress, accounts)).toEqual([]);
});

it('comes back to an account that could not be listed after all others', () => {
  const accounts = ['A', 'B', 'C'];
  const first = run(accounts, (account) => (account === 'A' ? null : CLEAR), 2);
  const second = run(accounts, () => CLEAR, 3, first.progress);
  expect([first.order, second.order]).toEqual([
    ['A', 'B'],
    ['C', 'A'],
  ]);
});

it('looks once more at every account after an order was seen at work in another', () => {
  const accounts = ['A', 'B', 'C'];
  const worked = { ...CLEAR, sawWork: true };
  const first = run(accounts, (account) => (account === 'B' ? worked : CLEAR), 3);
  expect(accountsToLookAt(first.progress, accounts)).toEqual(['A']);
  expect(run(accounts, () => CLEAR, 3, first.progress).order).toEqual(['A']);
});

it('believes a doubtful look the second time in a row', () => {
  const doubtful = { ...CLEAR, isCertain: false };
  const { progress, order } = run(['A', 'B'], () => doubtful, 9);
  expect(order).toEqual(['A', 'B', 'A', 'B']);
  expect(accountsToLookAt(progress, ['A', 'B'])).toEqual([]);
});

it('says what is left of the accounts that were listed, and how many were not', () => {
  const accounts = ['A', 'B'];
  const look = { isCertain: true, open: 2, sawWork: true };
  const first = run(accounts, () => look, 1);
  expect(countLeft(first.progress, accounts)).toEqual({ accounts: 1, orders: 2 });
  expect(countLeft(run(accounts, () => look, 1, first.progress).progress, accounts)).toEqual({
    accounts: 0,
    orders: 4,
  });
});

it('waits for an order under way: its account is never clear meanwhile', () => {
  const begun = beginLook(NOTHING_YET, 'A');
  expect(accountsToLookAt(endLook(begun, 'A', CLEAR, true), ['A'])).toEqual(['A']);
  expect(accountsToLookAt(endLook(begun, 'A', CLEAR, false), ['A'])).toEqual([]);
});

it('reaches every account in a bounded number of looks, whatever fails and however short the runs are', () => {
  const accounts = Array.from({ length: 17 }, (_, index) => `U${index}`);
  const failures = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 20, maxLength: 60 }),
      failures,
      (runs, fails) => {
        let progress: Parameters<typeof endLook>[0] = NOTHING_YET;
        const order: string[] = [];
        for (const looks of runs) {
          const ran = run(
            accounts,
            () => (fails[order.length % fails.length] ? null : CLEAR),
            looks,
            progress,
          );
          progress = ran.progress;
          order.push(...ran.order);
        }
        // No account is begun for the third time before every other one that is left was begun twice.
        const begun = new Map<string, number>();
        for (const account of order) begun.set(account, (begun.get(account) ?? 0) + 1);
        const left = accountsToLookAt(progress, accounts).map((account) => begun.get(account) ?? 0);
        expect(Math.max(0, ...left) - Math.min(...left, Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
