import { setTimeout as delay } from 'node:timers/promises';
import { getHoldings } from '../../broker/accounts/holdings.ts';
import type { IbkrClient } from '../../broker/session/client.ts';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import type { ProposedOrder } from '../domain/order.ts';

/** No order waits longer for what only its sentence says. */
const LOOK_TAKES_MS = 2_000;

/** What the account holds of the instrument of a new order, negative when short; null where nothing tells it soon. */
export async function readHeldQuantity(
  ibkr: IbkrClient,
  {
    accountId,
    contract,
    ticket,
    modifies,
  }: Pick<ProposedOrder, 'accountId' | 'contract' | 'ticket' | 'modifies'>,
): Promise<number | null> {
  if (modifies !== undefined || ticket.legs !== undefined || contract.secType === 'CASH') return null;
  const { conid } = contract;
  const read = getHoldings(ibkr, accountId).then(
    ({ held, unread }) =>
      unread.some((row) => row.conid === null || row.conid === conid) ? null : (held.get(conid) ?? 0),
    (failure: unknown) => {
      if (inWords(failure) instanceof GatewayError) return null;
      throw failure;
    },
  );
  return Promise.race([read, delay(LOOK_TAKES_MS, null, { ref: false })]);
}
