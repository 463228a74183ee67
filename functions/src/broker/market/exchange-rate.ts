import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { IbkrError } from '../wire/ibkr-error.ts';
import { decimal } from '../wire/wire-fields.ts';

export const exchangeRateSchema = z.object({ rate: decimal });

/**
 * Units of `target` for one unit of `source` (`GET /iserver/exchangerate`).
 * @throws {GatewayError} `not_found` when IBKR does not convert between the two.
 */
export async function getExchangeRate(
  client: IbkrClient,
  { source, target }: { source: string; target: string },
): Promise<number> {
  if (source === target) return 1;
  try {
    const query = { source, target };
    return (
      await client.get('/iserver/exchangerate', exchangeRateSchema, { query, retryServerErrors: false })
    ).rate;
  } catch (error) {
    if (!(error instanceof IbkrError) || !error.isBadInput) throw error;
    throw new GatewayError(
      'not_found',
      `IBKR gives no rate from ${source} to ${target}.`,
      'Use ISO codes of currencies IBKR trades, such as USD or EUR.',
      { cause: error },
    );
  }
}
