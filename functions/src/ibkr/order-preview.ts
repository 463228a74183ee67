import { z } from 'zod';
import { baseCurrency } from './accounts.ts';
import { apiPath } from './api-path.ts';
import type { IbkrClient } from './client.ts';
import { cleanText, IbkrError } from './ibkr-error.ts';
import { type Money, parseMoney } from './numbers.ts';
import { type OrderTicket, wireOrder } from './order-ticket.ts';
import { optional, optionalText } from './wire-fields.ts';

/** What an order would cost and change. Nothing is placed; its exits are not looked at. */
export interface OrderPreview {
  /** Price times quantity, its commission and both together, in the currency of the instrument. */
  amount: Money | null;
  commission: Money | null;
  total: Money | null;
  equity: Change;
  initialMargin: Change;
  maintenanceMargin: Change;
  /** The currency of the equity and the margins: the account's own; null when IBKR does not tell it. */
  currency: string | null;
  /** In shares or contracts. */
  position: Change;
  /** What IBKR would warn of. */
  warnings: OrderWarning[];
  /** Why IBKR would refuse the order; null when it would not. */
  refusal: string | null;
}

export interface OrderWarning {
  /** IBKR's number for it, where it gives one. */
  id: string | null;
  text: string;
}

export interface Change {
  current: number | null;
  change: number | null;
  after: number | null;
}

/** `647.09 USD (1 Shares)` */
const money = optional((value) => parseMoney(typeof value === 'string' ? value.split('(')[0] : value));

const amount = optional((value) => parseMoney(value)?.amount ?? null);

const change = z
  .object({ current: amount, change: amount, after: amount })
  .nullish()
  .transform((row): Change => row ?? { current: null, change: null, after: null });

export const previewSchema = z
  .object({
    amount: z.object({ amount: money, commission: money, total: money }).nullish(),
    equity: change,
    initial: change,
    maintenance: change,
    position: change,
    warn: optionalText,
  })
  .transform(
    (row): Omit<OrderPreview, 'currency'> => ({
      amount: row.amount?.amount ?? null,
      commission: row.amount?.commission ?? null,
      total: row.amount?.total ?? null,
      equity: row.equity,
      initialMargin: row.initial,
      maintenanceMargin: row.maintenance,
      position: row.position,
      warnings: row.warn === null ? [] : [warningOf(row.warn)],
      refusal: null,
    }),
  );

/**
 * What an order would cost and change (`POST /iserver/account/{id}/orders/whatif`, which never creates one). IBKR
 * values it at the quote it has: read the quote of the instrument first.
 * @throws {GatewayError} `invalid_arguments` for prices that do not fit the type.
 */
export async function previewOrder(
  client: IbkrClient,
  accountId: string,
  ticket: OrderTicket,
): Promise<OrderPreview> {
  const [preview, currency] = await Promise.all([
    whatIf(client, accountId, ticket),
    baseCurrency(client, accountId),
  ]);
  return { ...preview, currency };
}

async function whatIf(client: IbkrClient, accountId: string, ticket: OrderTicket) {
  const path = apiPath`/iserver/account/${accountId}/orders/whatif`;
  const body = { orders: [{ ...wireOrder(ticket), acctId: accountId }] };
  try {
    return await client.read({ method: 'POST', path, body }, previewSchema, { retryServerErrors: false });
  } catch (error) {
    if (!(error instanceof IbkrError) || !error.isBadInput || error.reason === null) throw error;
    return { ...previewSchema.parse({}), refusal: error.reason };
  }
}

/** `21/You are trying to submit an order without having market data.` */
function warningOf(warn: string): OrderWarning {
  const [, id = null, text = warn] = /^(\w{1,8})\/(.*)$/s.exec(warn) ?? [];
  return { id, text: cleanText(text) };
}
