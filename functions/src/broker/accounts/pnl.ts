import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { LIST_SERVES_MS } from '../session/pacing.ts';
import { readWarm } from '../session/warm-up.ts';
import { exactNumber } from '../wire/numbers.ts';
import { entriesOf, type UnreadRow } from '../wire/rows.ts';
import { optionalDecimal } from '../wire/wire-fields.ts';
import { readOfAccount } from './accounts.ts';

/** Profit and loss of an account now, that of all its models together, in its base currency. */
export interface Pnl {
  accountId: string;
  /** Since the previous close; this and the others are null where IBKR gives none, or none of a model. */
  daily: number | null;
  unrealized: number | null;
  netLiquidation: number | null;
  marketValue: number | null;
  excessLiquidity: number | null;
  /** The parts it is the sum of, where the account has models; else empty. */
  models: ModelPnl[];
  /** Parts of the account whose rows are not understood: no sum is told without them. */
  unread: UnreadRow[];
}

interface ModelPnl {
  /** IBKR's name; `Core` is what is in no model. */
  model: string;
  daily: number | null;
  unrealized: number | null;
}

export const pnlSchema = z.object({
  upnl: entriesOf(
    z.object({
      dpl: optionalDecimal,
      upl: optionalDecimal,
      nl: optionalDecimal,
      mv: optionalDecimal,
      el: optionalDecimal,
      uel: optionalDecimal,
    }),
  )
    .nullish()
    .transform((upnl) => upnl ?? { rows: [], unread: [] }),
});

/**
 * Daily and unrealized P&L (`GET /iserver/account/pnl/partitioned`, which has a row `{account}.Core` and one for each
 * model of the account).
 * @param options.since As of `getLiveOrders`.
 * @throws {BrokerError} `not_found`; `no_data` while IBKR has not computed any.
 */
export async function getPnl(
  client: IbkrClient,
  accountId: string,
  { since }: { since?: number } = {},
): Promise<Pnl & { at: number }> {
  const isOwn = (key: string) => key.startsWith(`${accountId}.`);
  const hasOwn = ({ upnl: { rows, unread } }: z.output<typeof pnlSchema>) =>
    rows.some(([key]) => isOwn(key)) || unread.some(({ at }) => isOwn(at));
  const read = () =>
    readWarm(
      client,
      (from) =>
        client.getDated('/iserver/account/pnl/partitioned', pnlSchema, {
          since: from,
          recentMs: LIST_SERVES_MS,
        }),
      hasOwn,
      { name: 'pnl', since },
    );
  const {
    answer: { upnl },
    at,
  } = await readOfAccount(client, accountId, read, ({ answer }) => !hasOwn(answer));
  const unread = upnl.unread.filter(({ at }) => isOwn(at));
  const rows = upnl.rows.filter(([key]) => isOwn(key));
  if (rows.length + unread.length === 0) {
    throw new BrokerError({ name: 'no_pnl' });
  }
  const total = (of: (row: (typeof rows)[number][1]) => number | null) =>
    rows.reduce<number | null>(
      (sum, [, row]) => {
        const value = of(row);
        return sum === null || value === null ? null : exactNumber(sum + value);
      },
      unread.length === 0 ? 0 : null,
    );
  return {
    accountId,
    at,
    daily: total(({ dpl }) => dpl),
    unrealized: total(({ upl }) => upl),
    netLiquidation: total(({ nl }) => nl),
    marketValue: total(({ mv }) => mv),
    excessLiquidity: total(({ el, uel }) => el ?? uel),
    models:
      rows.length + unread.length === 1
        ? []
        : rows.map(([key, { dpl, upl }]) => ({
            model: key.slice(accountId.length + 1),
            daily: dpl,
            unrealized: upl,
          })),
    unread,
  };
}
