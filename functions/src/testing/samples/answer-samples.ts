/**
 * Test data: answers of IBKR and the schemas that meet them. All values are invented. Some have the shape of answers
 * that were recorded from a real paper account (`simulator/shapes`), the others the form that IBKR documents.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { accountSummarySchema } from '../../broker/accounts/account-summary.ts';
import { portfolioAccountsSchema, selectAccountSchema } from '../../broker/accounts/accounts.ts';
import { holdingsSchema } from '../../broker/accounts/holdings.ts';
import { allPeriodsSchema } from '../../broker/accounts/performance.ts';
import { pnlSchema } from '../../broker/accounts/pnl.ts';
import { ledgerSchema, positionsPageSchema } from '../../broker/accounts/portfolio.ts';
import { transactionsSchema } from '../../broker/accounts/transactions.ts';
import { contractDetailsSchema, orderRulesSchema } from '../../broker/contracts/contract-details.ts';
import { contractOrderRulesSchema } from '../../broker/contracts/contract-order-rules.ts';
import { definitionsSchema, searchSchema, stocksSchema } from '../../broker/contracts/contracts.ts';
import { currencyPairsSchema } from '../../broker/contracts/currency-pairs.ts';
import { futuresSchema } from '../../broker/contracts/futures.ts';
import { tradingScheduleSchema } from '../../broker/contracts/trading-schedule.ts';
import { exchangeRateSchema } from '../../broker/market/exchange-rate.ts';
import { historySchema } from '../../broker/market/history.ts';
import { quoteOf, snapshotSchema } from '../../broker/market/market-data.ts';
import { optionInfoSchema, strikesSchema } from '../../broker/market/option-series.ts';
import { scanSchema } from '../../broker/market/scanner.ts';
import {
  cancelAnswerSchema,
  liveOrdersSchema,
  orderStatusSchema,
} from '../../broker/orders/order-answers.ts';
import { orderAnswerSchema } from '../../broker/orders/order-outcome.ts';
import { previewSchema } from '../../broker/orders/order-preview.ts';
import { tradesSchema } from '../../broker/orders/trades.ts';
import { authStatusSchema, tickleSchema } from '../../broker/session/auth-status.ts';
import { brokerageAccountsSchema } from '../../broker/session/brokerage-accounts.ts';

/** By the recording whose shape a sample has. */
export const RECORDED: Readonly<Record<string, z.ZodType>> = {
  'Accounts__GET-iserver-accounts': brokerageAccountsSchema,
  'Accounts__POST-switch-account': selectAccountSchema,
  'Contracts__GET-contract-info': contractDetailsSchema,
  'Contracts__GET-currency-pairs': currencyPairsSchema,
  'Contracts__GET-exchangerate': exchangeRateSchema,
  'Contracts__GET-secdef-search': searchSchema,
  'Contracts__GET-trsrv-futures': futuresSchema,
  'Contracts__GET-trsrv-secdef': definitionsSchema,
  'Contracts__GET-trsrv-stocks': stocksSchema,
  'Contracts__POST-contract-rules': orderRulesSchema,
  'Contracts__POST-secdef-search': searchSchema,
  'MarketData__GET-snapshot': snapshotSchema.transform(({ rows }) => rows.map((row) => quoteOf(row))),
  'MarketData__POST-scanner-run': scanSchema,
  'Orders__DELETE-cancel-order': cancelAnswerSchema,
  'Orders__GET-live-orders': liveOrdersSchema,
  'Orders__GET-live-orders-empty': liveOrdersSchema,
  'Orders__GET-trades': tradesSchema,
  'Orders__GET-trades-empty': tradesSchema,
  'Orders__POST-place-order-confirmation': orderAnswerSchema,
  'Orders__POST-reply-submitted': orderAnswerSchema,
  'Portfolio__GET-iserver-account-pnl-partitioned': pnlSchema,
  'Portfolio__GET-portfolio-accounts': portfolioAccountsSchema,
  'Portfolio__GET-portfolio-combo-positions-empty': positionsPageSchema,
  'Portfolio__GET-portfolio-position-by-conid': positionsPageSchema,
  'Portfolio__GET-portfolio-positions-empty': positionsPageSchema,
  'Portfolio__GET-portfolio-positions-page0': positionsPageSchema,
  'Portfolio__GET-portfolio2-positions': holdingsSchema,
  'Portfolio__GET-portfolio-subaccounts': portfolioAccountsSchema,
  'Portfolio__GET-subaccounts2': portfolioAccountsSchema,
  'Portfolio__POST-pa-allperiods': allPeriodsSchema('DU1234567'),
  'Scanner__POST-scanner-run': scanSchema,
  'Session__POST-ssodh-init': authStatusSchema,
  'Session__POST-tickle': tickleSchema,
};

export interface AnswerSample {
  name: string;
  schema: z.ZodType;
  body: unknown;
}

const WRITTEN: readonly AnswerSample[] = [
  {
    name: 'live order, stop limit',
    schema: liveOrdersSchema,
    body: {
      orders: [
        {
          account: 'DU1234567',
          conid: 265598,
          orderId: 17437897932,
          ticker: 'AAPL',
          secType: 'STK',
          remainingQuantity: '1,200',
          filledQuantity: 300,
          totalSize: 1500,
          status: 'Submitted',
          avgPrice: '169.87',
          origOrderType: 'STOP_LIMIT',
          orderType: 'Stop Limit',
          price: '169.50',
          auxPrice: '170.00',
          stop_price: '170.00',
          timeInForce: 'GTC',
          lastExecutionTime: '260401231429',
          side: 'SELL',
          order_ref: 'brk-1',
        },
      ],
      snapshot: true,
    },
  },
  {
    name: 'order status',
    schema: orderStatusSchema,
    body: {
      order_id: 2200000007,
      conid: 756733,
      symbol: 'SPY',
      side: 'B',
      size: '4.0',
      total_size: '11.0',
      account: 'DU1234567',
      order_type: 'LIMIT',
      limit_price: '640.25',
      cum_fill: '7.0',
      order_status: 'Submitted',
      tif: 'DAY',
      sec_type: 'STK',
      average_price: '640.10',
      order_time: '260401231429',
    },
  },
  {
    name: 'refusal in the form of an order',
    schema: orderAnswerSchema,
    body: [{ order_id: '-1', order_status: 'Failed', text: 'No trading permission' }],
  },
  { name: 'refusal', schema: orderAnswerSchema, body: { error: 'Order not confirmed ' } },
  {
    name: 'bracket, an exit first',
    schema: orderAnswerSchema,
    body: [
      { order_id: '101', parent_order_id: '100', order_status: 'PreSubmitted', encrypt_message: '1' },
      { order_id: '100', local_order_id: 'brk-1', order_status: 'Submitted', encrypt_message: '1' },
    ],
  },
  {
    name: 'server prompt',
    schema: orderAnswerSchema,
    body: {
      orderId: 987654,
      reqId: '12345',
      text: 'Use price management?',
      options: ['Use on this order', 'Do not use'],
      type: 'M',
      messageId: 'p12',
      prompt: true,
    },
  },
  {
    name: 'order rules',
    schema: contractOrderRulesSchema,
    body: {
      error: null,
      orderTypes: ['limit', 'midprice', 'market', 'stop_limit'],
      fraqTypes: ['limit', 'market'],
      cqtTypes: ['limit', 'market'],
      orderTypesOutside: ['limit', 'stop_limit'],
      tifTypes: ['IOC/MARKET,LIMIT,a', 'GTC/o,a', 'GTD/o,a'],
      fraqInt: 4,
      incrementRules: [{ lowerEdge: 0, increment: 0.01 }],
      increment: 0.01,
      negativeCapable: false,
    },
  },
  {
    name: 'preview',
    schema: previewSchema,
    body: {
      amount: { amount: '412.34 USD (1 Shares)', commission: '1.00 USD', total: '413.34 USD' },
      equity: { current: '1,006,413', change: '163', after: '1,006,576' },
      initial: { current: '8,637', change: '164', after: '8,801' },
      maintenance: { current: '8,633', change: '165', after: '8,798' },
      position: { current: '0', change: '1', after: '1' },
      warn: '21/You are trying to submit an order without having market data',
      error: null,
    },
  },
  {
    name: 'trade',
    schema: tradesSchema,
    body: [
      {
        execution_id: '0000e0d5.00000001.01.01',
        symbol: 'SPY',
        side: 'B',
        trade_time: '20260401-23:40:47',
        trade_time_r: 1775086847000,
        size: 12.5,
        price: '412.34',
        order_ref: 'brk-1',
        exchange: 'ARCA',
        commission: '1.03',
        net_amount: 5155.28,
        account: 'DU1234567',
        sec_type: 'STK',
        conid: 756733,
      },
    ],
  },
  {
    name: 'history',
    schema: historySchema,
    body: {
      symbol: 'SPY',
      mktDataDelay: 0,
      volumeFactor: 40,
      data: [
        { o: 646.42, c: 646.86, h: 647.47, l: 646.38, v: 17219.125, t: 1775136600000 },
        { o: 646.87, c: 647.02, h: 647.03, l: 646.71, v: 9022.5, t: 1775136660000 },
      ],
    },
  },
  {
    name: 'warm position of an option',
    schema: positionsPageSchema,
    body: [
      {
        conid: 712345678,
        contractDesc: 'AAPL   JUN2026 190 C [AAPL  260618C00190000 100]',
        position: -3,
        mktPrice: 7.15,
        mktValue: -2145,
        currency: 'USD',
        avgCost: 640.5,
        avgPrice: 6.405,
        realizedPnl: 12.25,
        unrealizedPnl: -223.5,
        expiry: '20260618',
        putOrCall: 'C',
        multiplier: 100,
        strike: '190',
        undConid: 265598,
        assetClass: 'OPT',
        ticker: 'AAPL',
        name: 'APPLE INC',
        pageSize: 100,
        baseMktValue: -1973.4,
        baseUnrealizedPnl: -205.62,
        baseRealizedPnl: 11.27,
      },
    ],
  },
  {
    name: 'ledger',
    schema: ledgerSchema,
    body: {
      USD: {
        settledcash: 990236.1,
        exchangerate: 1,
        cashbalance: 990237.2,
        netliquidationvalue: 1006413.3,
        interest: 4.4,
        unrealizedpnl: 24.75,
        stockmarketvalue: 16177.25,
        realizedpnl: 5.5,
        dividends: 6.6,
      },
    },
  },
  {
    name: 'account summary',
    schema: accountSummarySchema,
    body: {
      netliquidation: { amount: 1006413.5, currency: 'USD', isNull: false, value: null },
      cushion: { amount: 0.9914, currency: 'USD', isNull: false, value: null },
      accounttype: { amount: 0, currency: null, isNull: false, value: 'INDIVIDUAL' },
    },
  },
  {
    name: 'P&L',
    schema: pnlSchema,
    body: {
      upnl: {
        'DU1234567.Core': { rowType: 1, dpl: 15.7, nl: 1006413, upl: 24.75, uel: 997775, mv: 16177.25 },
      },
    },
  },
  {
    name: 'option strikes',
    schema: strikesSchema,
    body: { call: [185, 187.5, 190], put: ['182.5', 185] },
  },
  {
    name: 'option definition',
    schema: optionInfoSchema,
    body: [
      {
        conid: 712345678,
        right: 'C',
        strike: 187.5,
        currency: 'USD',
        maturityDate: '20260618',
        multiplier: '100',
        tradingClass: 'AAPL',
      },
    ],
  },
  {
    name: 'trading schedule',
    schema: tradingScheduleSchema,
    body: {
      exchange_time_zone: 'US/Eastern',
      schedules: {
        '20260402': {
          liquid_hours: [{ opening: 1775136600, closing: 1775160000 }],
          extended_hours: [{ opening: 1775116800, closing: 1775174400, cancel_daily_orders: true }],
        },
      },
    },
  },
  {
    name: 'transactions',
    schema: transactionsSchema,
    body: {
      rpnl: { amt: '12.5' },
      transactions: [
        {
          cur: 'USD',
          rawDate: '20260331',
          pr: 150.27,
          qty: 5,
          amt: -751.35,
          conid: 265598,
          type: 'Buy',
          desc: 'Apple',
        },
      ],
    },
  },
];

const BODIES: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'answer-samples.json'), 'utf8'),
);

/** The sample in the shape of a recording. */
export function recordedSample(name: string): unknown {
  if (!(name in BODIES)) throw new Error(`answer-samples.json has no ${name}.`);
  return BODIES[name];
}

/** Every sample. */
export function answerSamples(): AnswerSample[] {
  const recorded = Object.entries(RECORDED).map(([name, schema]) => ({
    name,
    schema,
    body: recordedSample(name),
  }));
  return [...recorded, ...WRITTEN];
}
