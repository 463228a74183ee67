/** Test support: a played IBKR with many orders and executions, whose names are as long as they come. */
import type { Routes } from './played-ibkr.ts';

const FIRST_ORDER = 17_437_897_932;
const FIRST_CONID = 740_465_960;
const NAME = 'INTERACTIVE BROKERS GROUP INCORPORATED CLASS A SPECIAL';

/** Options of as many different kinds as there are orders, which all have a definition. */
function symbolOf(index: number): string {
  return `LONG${String(index).padStart(4, '0')}`;
}

/** So many orders, of which every tenth is open, the newest first. */
export function playOrders(account: string, count: number): Routes {
  const orders = Array.from({ length: count }, (_, index) => ({
    ...{ acct: account, account, orderId: FIRST_ORDER + index, conid: FIRST_CONID + index, secType: 'OPT' },
    ...{ ticker: symbolOf(index), companyName: NAME, cashCcy: 'USD', listingExchange: 'NASDAQ' },
    ...{ orderDesc: `Sell 1250 ${symbolOf(index)} Limit 1234.56, GTC`, totalSize: 1250.5 },
    ...{ remainingQuantity: 1250.5, filledQuantity: 0, price: '1234.56', origOrderType: 'LIMIT' },
    ...{
      status: index % 10 === 0 ? 'Submitted' : 'Cancelled',
      orderType: 'Limit',
      timeInForce: 'GTC',
      side: 'SELL',
    },
    ...{
      order_ref: `made-by-some-other-program-with-long-names-${index}`,
      lastExecutionTime: '260401234047',
    },
  }));
  return { 'GET /iserver/account/orders': { orders, snapshot: true }, ...definitions() };
}

/** So many executions, the newest first. */
export function playTrades(account: string, count: number): Routes {
  const time = Date.UTC(2026, 10, 27, 14, 30);
  const trades = Array.from({ length: count }, (_, index) => ({
    ...{ execution_id: `00018fae.67890abc.01.${String(index).padStart(4, '0')}`, symbol: symbolOf(index) },
    ...{ side: 'S', order_description: `Sold 1250.5 @ 1234.56 on NASDAQ`, trade_time: '20261127-14:30:00' },
    ...{ trade_time_r: time - index * 1_000, size: 1250.5, price: '1234.56', commission: '12.34' },
    ...{ net_amount: 1_543_817.28, order_ref: `made-by-some-other-program-with-long-names-${index}` },
    ...{ exchange: 'NASDAQ', account, accountCode: account, company_name: NAME, sec_type: 'OPT' },
    ...{ conid: FIRST_CONID + index, order_id: FIRST_ORDER + index },
  }));
  return { 'GET /iserver/account/trades': trades, ...definitions() };
}

function definitions(): Routes {
  return {
    'GET /trsrv/secdef': ({ query }) => ({
      secdef: (query.get('conids') ?? '').split(',').map((conid) => ({
        ...{ conid: Number(conid), ticker: symbolOf(Number(conid) - FIRST_CONID), name: NAME },
        ...{ assetClass: 'OPT', currency: 'USD', listingExchange: 'NASDAQ' },
        ...{ expiry: '20270618', strike: '1234.5', putOrCall: 'C', multiplier: 100 },
      })),
    }),
  };
}
