import { getTrades, type Trade } from '../../broker/orders/trades.ts';
import { inWords } from '../../connections/broker-words.ts';
import { GatewayError } from '../../errors.ts';
import { tradingTransaction } from '../../store/orders/trading-ledger.ts';
import type { OrderIntent } from '../domain/intent.ts';
import { intendedOrder, namedTickets } from '../domain/order.ts';
import { noteFill } from '../domain/reports.ts';
import { orderIdsOf, type TradingContext } from './context.ts';

const TRADE_DAYS = 7;

/** Notes when IBKR filled an order, by its own record of the last execution: the service may have noticed later. */
export async function noteFillTime(trading: TradingContext, intent: OrderIntent): Promise<OrderIntent> {
  const { accountId } = intendedOrder(intent);
  const trades = await tradesOf(trading, accountId);
  const ids = orderIdsOf(intent);
  const names = namedTickets(intent).map(({ clientOrderId }) => clientOrderId);
  const times = trades
    .filter(
      ({ orderId, clientOrderId }) =>
        (orderId !== null && ids.includes(orderId)) ||
        (clientOrderId !== null && names.includes(clientOrderId)),
    )
    .map(({ time }) => time)
    .filter((time) => time !== null)
    .sort();
  const last = times.at(-1);
  const filledAt = last === undefined ? null : new Date(last);
  return tradingTransaction(trading.db, trading.connectionId, intent.id, (state) =>
    noteFill(state, filledAt, new Date()),
  );
}

/** None of an account that the login no longer has. */
async function tradesOf({ ibkr }: TradingContext, accountId: string): Promise<Trade[]> {
  try {
    return (await getTrades(ibkr, accountId, { days: TRADE_DAYS })).trades;
  } catch (caught) {
    const error = inWords(caught);
    if (error instanceof GatewayError && error.code === 'not_found') return [];
    throw error;
  }
}
