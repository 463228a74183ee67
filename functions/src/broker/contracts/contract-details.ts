import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { apiPath } from '../wire/api-path.ts';
import { isoDate } from '../wire/times.ts';
import {
  codes,
  conid,
  flag,
  optional,
  optionalConid,
  optionalDecimal,
  optionalFactor,
  optionalProse,
  optionalText,
  text,
} from '../wire/wire-fields.ts';

/** What IBKR knows of a contract, and the rules for orders on it. */
export interface ContractDetails {
  conid: number;
  symbol: string;
  localSymbol: string | null;
  name: string | null;
  secType: string;
  exchange: string | null;
  validExchanges: string[];
  currency: string;
  tradingClass: string | null;
  industry: string | null;
  category: string | null;
  multiplier: number | null;
  underlyingConid: number | null;
  /** ISO date; for derivatives and bonds. */
  maturity: string | null;
  /** Also trades outside regular hours. */
  extendedHours: boolean;
  rules: OrderRules | null;
}

export interface OrderRules {
  /** IBKR's words: `limit`, `market`, `stop`, ... */
  orderTypes: string[];
  /** Order types that take fractions of a share; empty when none do. */
  fractionalOrderTypes: string[];
  /** Smallest step of a price at the current price. */
  priceIncrement: number | null;
  /** Smallest step of a quantity. */
  sizeIncrement: number | null;
}

/** Rules follow the price now and then. */
const CACHE_MS = 10 * 60_000;

const words = z
  .array(text)
  .nullish()
  .transform((list) => list ?? []);

export const orderRulesSchema = z
  .object({
    error: optionalProse,
    orderTypes: words,
    fraqTypes: words,
    increment: optionalDecimal,
    sizeIncrement: optionalDecimal,
  })
  .transform((rules): OrderRules | null =>
    // Failure is a text with status 200.
    rules.error !== null
      ? null
      : {
          orderTypes: rules.orderTypes,
          fractionalOrderTypes: rules.fraqTypes,
          priceIncrement: rules.increment,
          sizeIncrement: rules.sizeIncrement,
        },
  );

export const contractDetailsSchema = z
  .object({
    con_id: conid,
    symbol: text,
    local_symbol: optionalText,
    company_name: optionalText,
    instrument_type: text,
    exchange: optionalText,
    valid_exchanges: codes(','),
    currency: text,
    trading_class: optionalText,
    industry: optionalText,
    category: optionalText,
    multiplier: optionalFactor,
    underlying_con_id: optionalConid,
    maturity_date: optional(isoDate),
    r_t_h: flag,
    rules: orderRulesSchema.nullish(),
  })
  .transform(
    (row): ContractDetails => ({
      conid: row.con_id,
      symbol: row.symbol,
      localSymbol: row.local_symbol,
      name: row.company_name,
      secType: row.instrument_type,
      exchange: row.exchange,
      validExchanges: row.valid_exchanges,
      currency: row.currency,
      tradingClass: row.trading_class,
      industry: row.industry,
      category: row.category,
      multiplier: row.multiplier,
      underlyingConid: row.underlying_con_id,
      maturity: row.maturity_date,
      extendedHours: row.r_t_h,
      rules: row.rules ?? null,
    }),
  );

/**
 * Details and order rules (`GET /iserver/contract/{conid}/info-and-rules`).
 * @throws {BrokerError} `not_found`.
 */
export function getContractDetails(client: IbkrClient, forConid: number): Promise<ContractDetails> {
  return readContractDetails(client, forConid, contractDetailsSchema);
}

/** The same answer, for another reader of it. */
export async function readContractDetails<S extends z.ZodType>(
  client: IbkrClient,
  forConid: number,
  schema: S,
): Promise<z.output<S>> {
  try {
    const path = apiPath`/iserver/contract/${forConid}/info-and-rules`;
    return await client.get(path, schema, { query: { isBuy: 'true' }, cacheMs: CACHE_MS });
  } catch (error) {
    if (!(error instanceof BrokerError) || !error.isBadInput) throw error;
    throw new BrokerError({ name: 'no_such_conid', conid: forConid }, { cause: error });
  }
}
