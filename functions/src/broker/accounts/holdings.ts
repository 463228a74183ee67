/** How much of what an account holds at this moment. */
import { z } from 'zod';
import type { IbkrClient } from '../session/client.ts';
import { apiPath } from '../wire/api-path.ts';
import { cluedRowsOf, type UnreadRow } from '../wire/rows.ts';
import { conid, decimal, optionalConid } from '../wire/wire-fields.ts';

export interface Holdings {
  /** Shares or contracts, by conid, negative when short. */
  held: ReadonlyMap<number, number>;
  /** Positions that are there too, and whose rows are not understood; a null conid may be any. */
  unread: (UnreadRow & { conid: number | null })[];
}

export const holdingsSchema = cluedRowsOf(
  z.object({ conid, position: decimal }),
  z.object({ conid: optionalConid }),
);

/**
 * What an account holds (`GET /portfolio2/{id}/positions`, which IBKR does not cache: the list behind `getPositions`
 * may be from before the latest fills).
 * @throws {BrokerError} `not_found` for an account the login does not have.
 */
export async function getHoldings(client: IbkrClient, accountId: string): Promise<Holdings> {
  const { rows, unread } = await client.get(apiPath`/portfolio2/${accountId}/positions`, holdingsSchema);
  const held = new Map<number, number>();
  // An account with models has a row for each of them.
  for (const row of rows) held.set(row.conid, (held.get(row.conid) ?? 0) + row.position);
  return { held, unread };
}
