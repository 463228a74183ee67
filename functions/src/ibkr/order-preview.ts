import { z } from 'zod';
import { apiPath } from './api-path.ts';
import type { IbkrClient } from './client.ts';
import { cleanText, IbkrError } from './ibkr-error.ts';
import { parseMoney } from './numbers.ts';
import { type OrderTicket, ordersBody } from './orders.ts';
import { optional, optionalText } from './wire-fields.ts';

/** What an order would change, in the account's base currency. Nothing is placed. */
export interface OrderPreview {
  /** As IBKR writes them, in the currency of the instrument: `1 USD (1 Shares)`. */
  amount: string | null;
  commission: string | null;
  total: string | null;
  equity: Change;
  initialMargin: Change;
  maintenanceMargin: Change;
  /** In shares or contracts. */
  position: Change;
  /** What IBKR would warn of; null when nothing. */
  warning: string | null;
  /** Why IBKR would refuse the order; null when it would not. */
  refusal: string | null;
}

export interface Change {
  current: number | null;
  change: number | null;
  after: number | null;
}

const amount = optional((value) => parseMoney(value)?.amount ?? null);

const change = z
  .object({ current: amount, change: amount, after: amount })
  .nullish()
  .transform((row): Change => row ?? { current: null, change: null, after: null });

export const previewSchema = z
  .object({
    amount: z.object({ amount: optionalText, commission: optionalText, total: optionalText }).nullish(),
    equity: change,
    initial: change,
    maintenance: change,
    position: change,
    warn: optionalText,
  })
  .transform(
    (row): OrderPreview => ({
      amount: row.amount?.amount ?? null,
      commission: row.amount?.commission ?? null,
      total: row.amount?.total ?? null,
      equity: row.equity,
      initialMargin: row.initial,
      maintenanceMargin: row.maintenance,
      position: row.position,
      warning: row.warn === null ? null : cleanText(row.warn),
      refusal: null,
    }),
  );

/**
 * What an order would cost and change (`POST /iserver/account/{id}/orders/whatif`, which never creates one).
 * @throws {GatewayError} `invalid_arguments` for prices that do not fit the type.
 */
export async function previewOrder(
  client: IbkrClient,
  accountId: string,
  ticket: OrderTicket,
): Promise<OrderPreview> {
  const path = apiPath`/iserver/account/${accountId}/orders/whatif`;
  try {
    return await client.read({ method: 'POST', path, body: ordersBody(accountId, ticket) }, previewSchema, {
      retryServerErrors: false,
    });
  } catch (error) {
    if (!(error instanceof IbkrError) || !error.isBadInput || error.reason === null) throw error;
    return { ...previewSchema.parse({}), refusal: error.reason };
  }
}
