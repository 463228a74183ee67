import { z } from 'zod';
import type { IbkrClient } from '../session/client.ts';
import { apiPath } from '../wire/api-path.ts';
import { optionalDecimal, optionalText } from '../wire/wire-fields.ts';

/** An account at a glance; money in `currency`, its base currency. Null where IBKR gives no value. */
export interface AccountSummary {
  accountType: string | null;
  currency: string | null;
  netLiquidation: number | null;
  equityWithLoan: number | null;
  totalCash: number | null;
  grossPositionValue: number | null;
  buyingPower: number | null;
  availableFunds: number | null;
  excessLiquidity: number | null;
  initialMargin: number | null;
  maintenanceMargin: number | null;
  accruedCash: number | null;
  accruedDividend: number | null;
  /** Special memorandum account (Regulation T). */
  sma: number | null;
  /** Excess liquidity as a fraction of net liquidation: at 0 IBKR begins to liquidate. */
  cushion: number | null;
}

const entry = z.object({
  amount: optionalDecimal,
  currency: optionalText,
  value: optionalText,
  isNull: z.boolean().nullish(),
});

/** Keys are lower case; those with a suffix (`-s` securities, `-c` commodities) are parts of the plain ones. */
export const accountSummarySchema = z.record(z.string(), entry.nullable().catch(null));

/**
 * Balances and margins (`GET /portfolio/{id}/summary`).
 * @throws {BrokerError} `not_found` for an account the login does not have.
 */
export async function getAccountSummary(client: IbkrClient, accountId: string): Promise<AccountSummary> {
  const summary = await client.get(apiPath`/portfolio/${accountId}/summary`, accountSummarySchema);
  const amount = (key: string): number | null => {
    const found = summary[key];
    return found === undefined || found === null || found.isNull === true ? null : found.amount;
  };
  return {
    accountType: summary.accounttype?.value ?? null,
    currency: summary.netliquidation?.currency ?? null,
    netLiquidation: amount('netliquidation'),
    equityWithLoan: amount('equitywithloanvalue'),
    totalCash: amount('totalcashvalue'),
    grossPositionValue: amount('grosspositionvalue'),
    buyingPower: amount('buyingpower'),
    availableFunds: amount('availablefunds'),
    excessLiquidity: amount('excessliquidity'),
    initialMargin: amount('initmarginreq'),
    maintenanceMargin: amount('maintmarginreq'),
    accruedCash: amount('accruedcash'),
    accruedDividend: amount('accrueddividend'),
    sma: amount('sma'),
    cushion: amount('cushion'),
  };
}
