/** Reads what IBKR first answers empty in a session, so that nobody who asks for it later waits for a second answer. */
import { z } from 'zod';
import type { IbkrClient } from '../session/client.ts';
import { apiPath } from '../wire/api-path.ts';

const anything = z.unknown();

/** @throws {BrokerError} when IBKR does not answer one of them, once all are over. */
export async function warmUp(client: IbkrClient, accountId: string): Promise<void> {
  const read = await Promise.allSettled([
    client.get('/iserver/account/orders', anything, { query: { accountId } }),
    client.get('/iserver/account/trades', anything, { query: { accountId, days: '1' } }),
    client.get('/iserver/account/pnl/partitioned', anything),
    client.get(apiPath`/portfolio/${accountId}/positions/0`, anything),
  ]);
  const failed = read.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
