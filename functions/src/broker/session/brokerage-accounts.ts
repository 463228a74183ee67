/** What a login may act on, as `GET /iserver/accounts` tells it. */
import { z } from 'zod';
import { entriesOf, rowsOf } from '../wire/rows.ts';
import { optionalText, text } from '../wire/wire-fields.ts';

/** An advisor's login has this beside its groups and profiles: an order to it is for every client. */
const ALL_ACCOUNTS = 'All';

/**
 * An advisor's `accounts` name groups and profiles of accounts, too. Those are no accounts: they hold nothing, and an
 * order to one is an order for every client in it.
 */
export const brokerageAccountsSchema = z
  .object({
    accounts: rowsOf(text),
    groups: z.array(text).nullish(),
    profiles: z.array(text).nullish(),
    acctProps: entriesOf(
      z.object({ supportsFractions: z.boolean().nullish(), supportsCashQty: z.boolean().nullish() }),
    )
      .nullish()
      .catch(null),
    aliases: z.record(z.string(), optionalText).nullish().catch(null),
    selectedAccount: optionalText,
    isPaper: z.boolean().nullish(),
  })
  .transform(({ accounts: { rows: names, unread }, groups, profiles, acctProps, isPaper, ...details }) => {
    const grouped = new Set([ALL_ACCOUNTS, ...(groups ?? []), ...(profiles ?? [])].map(foldName));
    const accounts = [...new Set(names)].filter((name) => !grouped.has(foldName(name)));
    return {
      ...details,
      /** In IBKR's order. */
      accounts,
      /** The login can select nothing else, so that IBKR always tells of this account. */
      onlyAccount: names.length === 1 && unread.length === 0 ? (accounts[0] ?? null) : null,
      /** Accounts, groups or profiles whose names are not understood. */
      unread,
      acctProps: Object.fromEntries(acctProps?.rows ?? []),
      isPaper: isPaper ?? (accounts.length > 0 && accounts.every(isPaperAccount)),
    };
  });

/** By its number: those of paper accounts begin with DU or DF. */
export function isPaperAccount(accountId: string): boolean {
  return /^D[A-Z]/.test(accountId);
}

function foldName(name: string): string {
  return name.toUpperCase();
}
