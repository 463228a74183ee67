import { z } from 'zod';
import { cleanText } from '../../text/outside-text.ts';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { rowsOf, type UnreadRow } from '../wire/rows.ts';
import { conid, optionalText, text } from '../wire/wire-fields.ts';

export interface ScanRequest {
  /** What is scanned, such as `STK`. */
  instrument: string;
  /** Where, such as `STK.US.MAJOR`. */
  location: string;
  /** What by, such as `TOP_PERC_GAIN`. */
  type: string;
  /** IBKR's filter codes with values, such as `{code: 'priceAbove', value: 5}`. */
  filters?: readonly { code: string; value: number }[];
}

/** At most 50 rows, best first. */
export interface ScanResult {
  /** What `value` is, such as `Chg%`; null when IBKR does not say. */
  column: string | null;
  rows: ScanRow[];
  unread: UnreadRow[];
}

export interface ScanRow {
  conid: number;
  symbol: string;
  name: string | null;
  secType: string | null;
  exchange: string | null;
  /** As IBKR writes it, such as `+28.1%`. */
  value: string | null;
}

export const scanSchema = z
  .object({
    scan_data_column_name: optionalText,
    contracts: rowsOf(
      z.object({
        con_id: conid,
        symbol: text,
        company_name: optionalText,
        sec_type: optionalText,
        listing_exchange: optionalText,
        scan_data: optionalText,
      }),
    ).nullish(),
  })
  .transform(
    (answer): ScanResult => ({
      column: answer.scan_data_column_name,
      rows: (answer.contracts?.rows ?? []).map((row) => ({
        conid: row.con_id,
        symbol: row.symbol,
        name: row.company_name,
        secType: row.sec_type,
        exchange: row.listing_exchange,
        value: row.scan_data,
      })),
      unread: answer.contracts?.unread ?? [],
    }),
  );

/**
 * Runs one of IBKR's market scanners (`POST /iserver/scanner/run`, which only reads).
 * @throws {BrokerError} `invalid` for codes IBKR does not know.
 */
export async function runScanner(
  client: IbkrClient,
  { instrument, location, type, filters = [] }: ScanRequest,
): Promise<ScanResult> {
  const body = { instrument, location, type, filter: filters };
  try {
    return await client.read({ method: 'POST', path: '/iserver/scanner/run', body }, scanSchema, {
      retryServerErrors: false,
    });
  } catch (error) {
    if (!(error instanceof BrokerError) || !error.isBadInput) throw error;
    const scanner = {
      type: cleanText(type),
      instrument: cleanText(instrument),
      location: cleanText(location),
    };
    throw new BrokerError({ name: 'no_such_scanner', ...scanner }, { cause: error });
  }
}
