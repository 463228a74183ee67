import { z } from 'zod';
import { type Contract, contractWords } from '../../broker/contracts/contracts.ts';
import { getPriceUnits } from '../../broker/contracts/price-unit.ts';
import { getTrades, type Trade } from '../../broker/orders/trades.ts';
import type { ToolContext } from '../../connections/call-context.ts';
import { tableOf } from '../../contract/table.ts';
import { EXECUTION_COLUMNS, type Execution, tradesOutput } from '../../contract/tool-outputs/trades.ts';
import type { OrderIntent } from '../../trading/domain/intent.ts';
import { originsOf } from '../../trading/engine/order-origin.ts';
import { accountForRead } from '../accounts/account-choice.ts';
import { cutTable, tableBudget } from '../answer-size.ts';
import { accountArgument, number } from '../arguments.ts';
import { listsSince, shownAsOf } from '../recent-lists.ts';
import { toSnakeCase } from '../snake-case.ts';
import { defineTool, READS } from '../tool.ts';
import { shownUnread } from '../unread-output.ts';
import { shownLegs } from './output/order-output.ts';
import { ownName } from './output/own-orders.ts';
import { contractsFrom, orderedHere } from './output/told-order.ts';

export const getTradesTool = defineTool({
  name: 'get_trades',
  title: 'Executions',
  description:
    'Executions of an account in the last days, today included: instrument, side, quantity, price and commission of each, and as order what was ordered here, in words. Legs of a combo are executions of their own, too. Older ones are in get_transactions.',
  scope: 'read',
  annotations: READS,
  input: z.strictObject({
    days: number(z.number().int().min(1).max(7)).default(1).describe('1 is today only.'),
    offset: number(z.number().int().min(0).max(10_000)).default(0).describe('How many to leave out.'),
    ...accountArgument,
  }),
  output: tradesOutput,
  async run(args, context) {
    const calledAt = Date.now();
    const [{ accountId }, since] = await Promise.all([
      accountForRead(context, args.account_id),
      listsSince(context),
    ]);
    const { trades, unread, at } = await getTrades(context.ibkr, accountId, { days: args.days, since });
    const { db, connection } = context;
    const [origins, contracts, unitOf] = await Promise.all([
      originsOf(db, connection.id, trades.map(orderOf)),
      contractsFrom(
        context,
        trades.map(({ conid }) => conid),
      ),
      getPriceUnits(context.ibkr, trades),
    ]);
    const told = trades.map((trade, index) => ({
      ...shownTrade(context, trade, origins[index]?.placed ?? null),
      order: orderedHere(origins[index] ?? null),
      ...namesOf(contracts.get(trade.conid)),
      price_unit: unitOf(trade),
    }));
    const asked = tableOf<Execution>(EXECUTION_COLUMNS, told.slice(args.offset).map(withoutNulls));
    const { table, left } = cutTable(asked, tableBudget(context));
    return {
      account_id: accountId,
      days: args.days,
      trades: table,
      ...shownAsOf(at, calledAt),
      ...(left === 0
        ? {}
        : {
            truncated: true,
            rest: `${left} more are left out: offset: ${args.offset + table.rows.length} goes on with them.`,
          }),
      ...shownUnread(unread),
    };
  },
});

function namesOf(contract: Contract | undefined) {
  return {
    instrument: contract === undefined ? null : contractWords(contract),
    currency: contract?.currency ?? null,
  };
}

/** A column that is null in every row is left out. */
function withoutNulls(row: Execution): Execution {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Execution;
}

/** What an execution tells of its order. */
function orderOf({ orderId, clientOrderId }: Trade) {
  return { orderId: orderId ?? '', clientOrderId, orderType: '', parentOrderId: null };
}

function shownTrade(
  context: ToolContext,
  { legs, clientOrderId, accountId: _, ...trade }: Trade,
  placed: OrderIntent | null,
) {
  return {
    ...toSnakeCase(trade),
    intent_id: placed?.id ?? null,
    client_order_id: placed === null ? null : ownName(context, placed),
    order_ref: clientOrderId,
    ...(legs === undefined ? {} : { legs: shownLegs(legs) }),
  };
}
