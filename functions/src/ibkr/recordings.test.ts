/** Answers recorded from a real paper account, parsed by the schemas that meet them in service. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { brokerageAccountsSchema, portfolioAccountsSchema, selectAccountSchema } from './accounts.ts';
import { authStatusSchema } from './auth-status.ts';
import { contractDetailsSchema, orderRulesSchema } from './contract-details.ts';
import { definitionsSchema, searchSchema, stocksSchema } from './contracts.ts';
import { currencyPairsSchema } from './currency-pairs.ts';
import { exchangeRateSchema } from './exchange-rate.ts';
import { snapshotSchema } from './market-data.ts';
import { cancelAnswerSchema, liveOrdersSchema, orderAnswerSchema } from './order-answers.ts';
import { allPeriodsSchema } from './performance.ts';
import { pnlSchema } from './pnl.ts';
import { positionsPageSchema } from './portfolio.ts';
import { scanSchema } from './scanner.ts';
import { tradesSchema } from './trades.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/ibkr/recordings');

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'Accounts__GET-iserver-accounts': brokerageAccountsSchema,
  'Accounts__POST-switch-account': selectAccountSchema,
  'Contracts__GET-contract-info': contractDetailsSchema,
  'Contracts__GET-exchangerate': exchangeRateSchema,
  'Contracts__POST-contract-rules': orderRulesSchema,
  'MarketData__POST-scanner-run': scanSchema,
  'Scanner__POST-scanner-run': scanSchema,
  'Orders__GET-trades': tradesSchema,
  'Orders__GET-trades-empty': tradesSchema,
  'Portfolio__GET-iserver-account-pnl-partitioned': pnlSchema,
  'Portfolio__POST-pa-allperiods': allPeriodsSchema('U1234567'),
  'Portfolio__GET-portfolio-combo-positions-empty': positionsPageSchema,
  'Contracts__GET-currency-pairs': currencyPairsSchema,
  'Contracts__GET-secdef-search': searchSchema,
  'Contracts__GET-trsrv-secdef': definitionsSchema,
  'Contracts__GET-trsrv-stocks': stocksSchema,
  'Contracts__POST-secdef-search': searchSchema,
  'MarketData__GET-snapshot': snapshotSchema,
  'Orders__DELETE-cancel-order': cancelAnswerSchema,
  'Orders__GET-live-orders': liveOrdersSchema,
  'Orders__GET-live-orders-empty': liveOrdersSchema,
  'Orders__POST-place-order-confirmation': orderAnswerSchema,
  'Orders__POST-reply-submitted': orderAnswerSchema,
  'Portfolio__GET-portfolio-accounts': portfolioAccountsSchema,
  'Portfolio__GET-portfolio-position-by-conid': positionsPageSchema,
  'Portfolio__GET-portfolio-positions-empty': positionsPageSchema,
  'Portfolio__GET-portfolio-positions-page0': positionsPageSchema,
  'Portfolio__GET-portfolio-subaccounts': portfolioAccountsSchema,
  'Portfolio__GET-subaccounts2': portfolioAccountsSchema,
  'Session__POST-ssodh-init': authStatusSchema,
};

function bodyOf(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')).body;
}

function parsed(name: string): unknown {
  return SCHEMAS[name]?.parse(bodyOf(name));
}

describe.skipIf(!existsSync(FOLDER))('recorded answers', () => {
  test.each(Object.keys(SCHEMAS))('%s parses', (name) => {
    expect(() => parsed(name)).not.toThrow();
  });

  test('no schema waits for a recording that is not there', () => {
    const recordings = readdirSync(FOLDER).map((file) => file.replace('.json', ''));
    expect(recordings).toEqual(expect.arrayContaining(Object.keys(SCHEMAS)));
  });

  test('a market order that was filled', () => {
    expect(parsed('Orders__GET-live-orders')).toEqual({
      snapshot: false,
      orders: [
        {
          orderId: '473740665',
          clientOrderId: null,
          accountId: 'U1234567',
          conid: 756733,
          symbol: 'SPY',
          secType: 'STK',
          side: 'BUY',
          orderType: 'MKT',
          quantity: 1,
          filledQuantity: 1,
          remainingQuantity: 0,
          limitPrice: null,
          stopPrice: null,
          averagePrice: 647.09,
          tif: 'DAY',
          status: 'Filled',
          lastExecutionTime: '2026-04-01T23:40:47.000Z',
          description: 'Bought 1 SPY Market, Day',
        },
      ],
    });
  });

  test('a quote', () => {
    expect(parsed('MarketData__GET-snapshot')).toEqual([
      {
        conid: 756733,
        symbol: null,
        last: 655.89,
        bid: 655.88,
        ask: 655.9,
        bidSize: 200,
        askSize: 100,
        volume: 50_000_000,
        open: null,
        high: 658.2,
        low: 645.11,
        previousClose: null,
        change: 3.5,
        changePercent: 0.54,
        halted: false,
        lastIsPreviousClose: false,
        availability: 'realtime',
        asOf: '2026-04-02T22:40:00.000Z',
      },
    ]);
  });

  test('a question and an acceptance', () => {
    expect(parsed('Orders__POST-place-order-confirmation')).toMatchObject({
      kind: 'question',
      replyId: 'test-reply-id-001',
      messageIds: ['o354'],
    });
    expect(parsed('Orders__POST-reply-submitted')).toEqual({
      kind: 'accepted',
      orderId: '987654321',
      status: 'PreSubmitted',
    });
  });
});
