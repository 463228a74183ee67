import { z } from 'zod';
import { baseCurrency } from '../accounts/accounts.ts';
import { BrokerError } from '../errors.ts';
import type { IbkrClient } from '../session/client.ts';
import { apiPath } from '../wire/api-path.ts';
import { parseStatedMoney, type StatedMoney } from '../wire/stated-money.ts';
import { optional, optionalProse } from '../wire/wire-fields.ts';
import { type OrderTicket, wireOrder } from './order-ticket.ts';

/** What an order would cost and change. Nothing is placed; its exits are not looked at. */
export interface OrderPreview {
  /** Price times quantity, its commission and both together, in the currency of the instrument. */
  amount: StatedMoney | null;
  commission: StatedMoney | null;
  total: StatedMoney | null;
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
  /** Null where IBKR tells none, or a range. */
  current: number | null;
  change: number | null;
  after: number | null;
  /** There where IBKR says of one of them that it is an estimate. */
  approximate?: true;
  /** Those of which IBKR tells a range, as it bounds them. */
  ranges?: Partial<Record<'current' | 'change' | 'after', { min?: number; max?: number }>>;
}

const money = optional(parseStatedMoney);

const change = z
  .object({ current: money, change: money, after: money })
  .nullish()
  .catch(null)
  .transform((row): Change => {
    const { current = null, change: difference = null, after = null } = row ?? {};
    const stated = { current, change: difference, after };
    const ranges = Object.entries(stated).flatMap(([name, one]) =>
      one === null || one.amount !== null ? [] : [[name, bounds(one)] as const],
    );
    return {
      current: current?.amount ?? null,
      change: difference?.amount ?? null,
      after: after?.amount ?? null,
      ...(Object.values(stated).some((one) => one?.approximate) ? { approximate: true } : {}),
      ...(ranges.length === 0 ? {} : { ranges: Object.fromEntries(ranges) }),
    };
  });

function bounds({ min, max }: StatedMoney) {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

export const previewSchema = z
  .object({
    amount: z.object({ amount: money, commission: money, total: money }).nullish().catch(null),
    equity: change,
    initial: change,
    maintenance: change,
    position: change,
    warn: optionalProse,
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
 * @throws {BrokerError} `invalid` for prices that do not fit the type.
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
    if (!(error instanceof BrokerError) || !error.isBadInput || error.reason === null) throw error;
    return { ...previewSchema.parse({}), refusal: error.reason };
  }
}

/** `21/You are trying to submit an order without having market data.` */
function warningOf(warn: string): OrderWarning {
  const [, id = null, text = warn] = /^(\w{1,8})\/(.*)$/.exec(warn) ?? [];
  return { id, text };
}
