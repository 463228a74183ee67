import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { factor } from '../wire/wire-fields.ts';

export const exchangeRateSchema = z.object({ rate: factor });

/**
 * Units of `target` for one unit of `source` (`GET /iserver/exchangerate`).
 * @throws {BrokerError} `not_found` when IBKR does not convert between the two.
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
    if (!(error instanceof BrokerError) || !error.isBadInput) throw error;
    throw new BrokerError({ name: 'no_rate', source, target }, { cause: error });
  }
}
