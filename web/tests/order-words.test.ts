/** What the pages say of orders. */
import type { Intent, OrderContract, Ticket } from '@ibkr-gateway/functions/contract/orders/intent';
import { describe, expect, it } from 'vitest';
import { dateAndSecond } from '../src/format/numbers.ts';
import { orderWords, requestWords } from '../src/format/words/order-words.ts';
import { outcomeWords } from '../src/format/words/outcome-words.ts';
import { askedOrder } from './example-orders.ts';

describe('an order in words', () => {
  const NVDA = { conid: 4815747, symbol: 'NVDA', secType: 'STK', currency: 'USD' };
  const words = (ticket: Partial<Ticket>, contract: OrderContract = NVDA) =>
    orderWords({
      accountId: 'DU1234567',
      contract,
      ticket: {
        conid: contract.conid,
        side: 'BUY',
        orderType: 'MKT',
        tif: 'DAY',
        ...(ticket.cashQuantity === undefined && { quantity: 10 }),
        ...ticket,
      },
    });

  it.each<[Partial<Ticket>, string, string]>([
    [{}, 'Buy 10 NVDA', 'at market, today only'],
    [{ side: 'SELL', quantity: 0.5 }, 'Sell 0.5 NVDA', 'at market, today only'],
    [
      { cashQuantity: 500, tif: 'IOC' },
      'Buy 500.00\u00a0USD of NVDA',
      'at market, at once: what does not fill is cancelled',
    ],
    [
      { orderType: 'LMT', limitPrice: 170, tif: 'GTC' },
      'Buy 10 NVDA',
      'for at most 170.00\u00a0USD each, until it fills or is cancelled',
    ],
    [
      { side: 'SELL', orderType: 'LMT', limitPrice: 1234.5678, tif: 'OPG' },
      'Sell 10 NVDA',
      'for at least 1,234.5678\u00a0USD each, when the market opens',
    ],
    [
      { side: 'SELL', orderType: 'STP', stopPrice: 150 },
      'Sell 10 NVDA',
      'at market once the price falls to 150.00\u00a0USD, today only',
    ],
    [
      { orderType: 'STP_LIMIT', stopPrice: 180, limitPrice: 181 },
      'Buy 10 NVDA',
      'for at most 181.00\u00a0USD each once the price rises to 180.00\u00a0USD, today only',
    ],
    [
      { orderType: 'MIT', stopPrice: 160 },
      'Buy 10 NVDA',
      'at market once the price falls to 160.00\u00a0USD, today only',
    ],
    [
      { side: 'SELL', orderType: 'TRAIL', trailingPercent: 5 },
      'Sell 10 NVDA',
      'at market once the price falls 5\u00a0% below its highest, today only',
    ],
    [{ orderType: 'MIDPRICE' }, 'Buy 10 NVDA', 'midway between bid and ask, today only'],
    [{ orderType: 'MOC' }, 'Buy 10 NVDA', 'at the closing price, today only'],
  ])('of %j is “%s %s”', (ticket, what, how) => {
    expect(words(ticket)).toEqual({ what, how, also: [] });
  });

  it('names contracts, combos, exits and hours', () => {
    expect(words({ quantity: 1 }, { ...NVDA, secType: 'OPT' }).what).toBe('Buy 1 NVDA OPT contract');
    const legs = [
      { conid: 1, ratio: 1 },
      { conid: 2, ratio: -2 },
    ];
    expect(words({ legs, outsideRth: true })).toMatchObject({
      what: 'Buy 10 NVDA combos',
      also: [
        'Each combo: buy 1 of contract 1.',
        'Each combo: sell 2 of contract 2.',
        'It may also fill outside regular hours.',
      ],
    });
    const option = (conid: number, description: string) => ({ ...NVDA, conid, secType: 'OPT', description });
    const combo = {
      ...NVDA,
      secType: 'BAG',
      legs: [option(1, 'NVDA 2026-12-18 180 call'), option(2, 'NVDA 2026-12-18 190 call')],
    };
    expect(words({ quantity: 1, legs, orderType: 'LMT', limitPrice: -1.5 }, combo)).toEqual({
      what: 'Buy 1 NVDA combo',
      how: 'for at least 1.50\u00a0USD received each, today only',
      also: ['Each combo: buy 1 NVDA 2026-12-18 180 call.', 'Each combo: sell 2 NVDA 2026-12-18 190 call.'],
    });
    expect(words({}, { ...NVDA, secType: 'FUT', description: 'ES 2026-12-18 future' }).what).toBe(
      'Buy 10 ES 2026-12-18 future',
    );
    const sell = { conid: NVDA.conid, side: 'SELL', quantity: 10, tif: 'DAY' } as const;
    const oca = { ...sell, orderType: 'STP', stopPrice: 150 };
    const sale = { ...sell, orderType: 'LMT', limitPrice: 200 };
    expect(orderWords({ accountId: 'DU1234567', contract: NVDA, ticket: sale, oca }).also).toEqual([
      'Or else: Sell 10 NVDA at market once the price falls to 150.00\u00a0USD, today only. When one of the two fills, the other is cancelled.',
    ]);
    const exits = { takeProfit: { limitPrice: 200 }, stopLoss: { stopPrice: 150, limitPrice: 149 } };
    expect(words(exits).also).toEqual([
      'Once filled, it takes profit at 200.00\u00a0USD.',
      'Once filled, it stops the loss at 150.00\u00a0USD with a limit of 149.00\u00a0USD.',
    ]);
  });

  it('that change another one say so', () => {
    const { order } = askedOrder();
    expect(requestWords(order)).toBe('Buy 10 NVDA');
    expect(requestWords({ ...order, modifies: '7' })).toBe('Change an order to: Buy 10 NVDA');
  });
});

describe('what became of an order', () => {
  const AT = '2026-01-02T03:04:05.678Z';
  const SOLD = {
    ...askedOrder().order,
    ticket: { conid: 4815747, side: 'SELL', quantity: 10, orderType: 'MKT', tif: 'DAY' },
  } as const;

  it.each<[Partial<Intent>, string, string]>([
    [
      { state: 'filled', filledQuantity: 10, averagePrice: 173.14 },
      'Filled: sold 10 NVDA at 173.14\u00a0USD',
      'whole',
    ],
    [{ state: 'working', filledQuantity: 4 }, 'IBKR has the order', '4 of 10 filled so far'],
    [{ state: 'working', filledQuantity: 0 }, 'IBKR has the order', 'nothing has filled yet'],
    [
      { state: 'cancelled', filledQuantity: 4, averagePrice: 173 },
      'The order was cancelled',
      'sold 4 NVDA at 173.00\u00a0USD',
    ],
    [{ state: 'cancelled', filledQuantity: 0 }, 'The order was cancelled', 'Nothing was filled.'],
    [
      { state: 'rejected', reason: 'Not enough cash' },
      'IBKR refused the order',
      'Not enough cash. Nothing was sold.',
    ],
    [
      { state: 'rejected', reason: `IBKR took it back at ${AT}` },
      'IBKR refused the order',
      `IBKR took it back at ${dateAndSecond(AT)}.`,
    ],
    [
      { state: 'not_placed', reason: 'Declined by you.' },
      'Nothing was sent',
      'Declined by you. Whoever asked for it can see that.',
    ],
    [
      { state: 'unknown' },
      'It is not known yet whether IBKR has the order',
      'It is never sent again by itself',
    ],
    [{ state: 'sending' }, 'Sending the order to IBKR', 'a few seconds'],
  ])('of %j is told', (life, title, text) => {
    const words = outcomeWords(askedOrder({ order: SOLD, ...life }));
    expect(words.title).toBe(title);
    expect(words.text).toContain(text);
  });
});
