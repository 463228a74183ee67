import type { Accounts } from '@ibkr-gateway/functions/contract/tool-outputs/accounts';

/** Characters at the end of an account number that are shown, where they tell the accounts apart. */
const SHOWN_CHARACTERS = 3;

/** Accounts to choose from: each by its alias and as much of the end of its number as tells it from the others. */
export function accountOptions(
  accounts: readonly Pick<Accounts['accounts'][number], 'account_id' | 'alias'>[],
) {
  const numbers = accounts.map(({ account_id }) => account_id);
  let shown = SHOWN_CHARACTERS;
  const endings = () => new Set(numbers.map((number) => number.slice(-shown)));
  while (endings().size < new Set(numbers).size) shown += 1;
  return accounts.map(({ account_id, alias }) => ({
    value: account_id,
    label: [alias, `••••${account_id.slice(-shown)}`].filter(Boolean).join(' · '),
  }));
}
