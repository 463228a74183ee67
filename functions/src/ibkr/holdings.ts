/** How much of what an account holds at this moment. */
import { z } from 'zod';
import { apiPath } from './api-path.ts';
import type { IbkrClient } from './client.ts';
import { conid, decimal } from './wire-fields.ts';

export const holdingsSchema = z.array(z.object({ conid, position: decimal }));

/**
 * Shares or contracts held, by conid, negative when short (`GET /portfolio2/{id}/positions`, which IBKR does not cache:
 * the list behind `getPositions` may be from before the latest fills).
 * @throws {GatewayError} `not_found` for an account the login does not have.
 */
export async function getHoldings(client: IbkrClient, accountId: string): Promise<Map<number, number>> {
  const rows = await client.get(apiPath`/portfolio2/${accountId}/positions`, holdingsSchema);
  const held = new Map<number, number>();
  // An account with models has a row for each of them.
  for (const row of rows) held.set(row.conid, (held.get(row.conid) ?? 0) + row.position);
  return held;
}
