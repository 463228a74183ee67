import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { ensureSelected } from './accounts.ts';
import type { IbkrClient } from './client.ts';
import { readWarm } from './warm-up.ts';
import { decimal, optionalDecimal } from './wire-fields.ts';

/** Profit and loss of an account now, in its base currency. */
export interface Pnl {
  accountId: string;
  /** Since the previous close. */
  daily: number;
  unrealized: number;
  netLiquidation: number | null;
  marketValue: number | null;
  excessLiquidity: number | null;
}

export const pnlSchema = z.object({
  upnl: z
    .record(
      z.string(),
      z.object({
        dpl: decimal,
        upl: decimal,
        nl: optionalDecimal,
        mv: optionalDecimal,
        el: optionalDecimal,
        uel: optionalDecimal,
      }),
    )
    .nullish()
    .transform((rows) => rows ?? {}),
});

/**
 * Daily and unrealized P&L (`GET /iserver/account/pnl/partitioned`).
 * @throws {GatewayError} `not_found`; `no_market_data` while IBKR has not computed any.
 */
export async function getPnl(client: IbkrClient, accountId: string): Promise<Pnl> {
  await ensureSelected(client, accountId);
  const core = `${accountId}.Core`;
  const { upnl } = await readWarm(
    () => client.get('/iserver/account/pnl/partitioned', pnlSchema),
    (answer) => core in answer.upnl,
  );
  const row = upnl[core];
  if (row === undefined) {
    throw new GatewayError(
      'no_market_data',
      'IBKR has not computed the P&L of this account yet.',
      'Try again in a few seconds; get_portfolio has the unrealized P&L of each position.',
    );
  }
  return {
    accountId,
    daily: row.dpl,
    unrealized: row.upl,
    netLiquidation: row.nl,
    marketValue: row.mv,
    excessLiquidity: row.el ?? row.uel,
  };
}
