import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listedExpirations, optionConid } from '../../../../../simulator/src/contracts/option-contracts.ts';
import { ticketWords } from '../../../connections/ticket-words.ts';
import { newSandbox, useSimulator } from '../../../testing/sandbox.ts';
import { getAccounts } from '../../accounts/accounts.ts';
import { contractOrderRulesSchema, getContractOrderRules } from '../../contracts/contract-order-rules.ts';
import type { Contract } from '../../contracts/contracts.ts';
import type { Derivative } from '../../contracts/derivative.ts';
import { spreadConid } from '../combo.ts';
import { type OrderTicket, placeOrder } from '../orders.ts';
import type { TicketContext } from '../ticket-context.ts';
import { ticketProblems } from './order-rules.ts';

useSimulator();

const AAPL = 265598;
const SAP_XETRA = 14204;
const EUR_USD = 12087792;

/** What IBKR documents for a US stock. */
const US_STOCK = contractOrderRulesSchema.parse({
  error: null,
  orderTypes: [
    'limit',
    'midprice',
    'market',
    'stop',
    'stop_limit',
    'mit',
    'lit',
    'trailing_stop',
    'trailing_stop_limit',
    'relative',
    'marketonclose',
    'limitonclose',
  ],
  fraqTypes: ['limit', 'market', 'stop'],
  cqtTypes: ['limit', 'market'],
  orderTypesOutside: ['limit', 'stop_limit', 'lit', 'trailing_stop_limit', 'relative'],
  tifTypes: ['IOC/MARKET,LIMIT,RELATIVE,a', 'GTC/o,a', 'OPG/LIMIT,MARKET,a', 'GTD/o,a', 'DAY/o,a'],
  fraqInt: 4,
  incrementRules: [
    { lowerEdge: 1, increment: 0.01 },
    { lowerEdge: 0, increment: 0.0001 },
  ],
  negativeCapable: false,
});

const stock: TicketContext = {
  secType: 'STK',
  currency: 'USD',
  rules: US_STOCK,
  account: { supportsFractions: true, supportsCashQuantity: true },
  lastPrice: 200,
  now: new Date('2026-11-20T15:00:00Z'),
};
const option: TicketContext = { ...stock, secType: 'OPT' };
const bag: TicketContext = { ...stock, secType: 'BAG', rules: null, lastPrice: null };

const limit: OrderTicket = {
  conid: AAPL,
  side: 'BUY',
  quantity: 10,
  orderType: 'LMT',
  limitPrice: 180,
  tif: 'GTC',
  clientOrderId: 'id',
};
const market: OrderTicket = { ...limit, orderType: 'MKT', limitPrice: undefined, tif: 'DAY' };
const stop: OrderTicket = { ...market, orderType: 'STP', stopPrice: 210 };
const combo: OrderTicket = {
  ...limit,
  conid: spreadConid('USD') ?? 0,
  limitPrice: -1.5,
  legs: [
    { conid: 1, ratio: 1 },
    { conid: 2, ratio: -1 },
  ],
};

function leg(contract: Partial<Contract> = {}, derivative: Partial<Derivative> = {}): Contract {
  return {
    conid: 1,
    symbol: 'AAPL',
    name: null,
    secType: 'OPT',
    exchange: null,
    currency: 'USD',
    tradedOn: [],
    derivative: {
      expiry: '2026-12-18',
      strike: 200,
      right: 'call',
      multiplier: 100,
      underlyingConid: AAPL,
      ...derivative,
    },
    ...contract,
  };
}

describe('taken', () => {
  test.each<[string, OrderTicket, TicketContext]>([
    ['a limit', limit, stock],
    ['a price below a dollar on its finer steps', { ...limit, limitPrice: 0.1234 }, stock],
    ['a market on open', { ...market, tif: 'OPG' }, stock],
    ['a combo of options', combo, { ...bag, legs: [leg(), leg()] }],
    ['an option on the day it expires', { ...limit, quantity: 1 }, { ...option, expiry: '2026-11-20' }],
    ['a fraction', { ...market, quantity: 0.1234 }, stock],
    ['an amount', { ...market, quantity: undefined, cashQuantity: 100 }, stock],
    ['a limit outside hours', { ...limit, outsideRth: true }, stock],
    ['midprice', { ...market, orderType: 'MIDPRICE', limitPrice: 201 }, stock],
    ['until a date', { ...limit, tif: 'GTD', goodTillDate: '2026-12-24T21:00:00Z' }, stock],
    ['trailing by percent', { ...market, orderType: 'TRAIL', trailingPercent: 5 }, stock],
    ['a bracket', { ...limit, takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 170 } }, stock],
    [
      'a short bracket',
      {
        ...limit,
        side: 'SELL',
        takeProfit: { limitPrice: 170 },
        stopLoss: { stopPrice: 190, limitPrice: 191 },
      },
      { ...stock, lastPrice: 180 },
    ],
    ['a bracket at the market', { ...market, takeProfit: { limitPrice: 201 } }, stock],
    ['a combo for a credit', combo, bag],
    ['without rules of the contract', limit, { ...stock, rules: null }],
  ])('%s', (_, ticket, context) => {
    expect(ticketProblems(ticket, context)).toEqual([]);
  });
});

describe('refused, by field', () => {
  test.each<[OrderTicket, TicketContext, string[]]>([
    [{ ...limit, clientOrderId: 'x'.repeat(65) }, stock, ['client_order_id']],
    [{ ...limit, clientOrderId: '' }, stock, ['client_order_id']],
    [{ ...limit, limitPrice: undefined }, stock, ['limit_price']],
    [{ ...market, limitPrice: 1 }, stock, ['limit_price']],
    [{ ...limit, limitPrice: 180.001 }, stock, ['limit_price']],
    [{ ...limit, limitPrice: 0 }, stock, ['limit_price']],
    [{ ...limit, limitPrice: Number.NaN }, stock, ['limit_price']],
    [{ ...stop, stopPrice: undefined }, stock, ['stop_price']],
    [{ ...stop, limitPrice: 1 }, stock, ['limit_price']],
    [{ ...limit, orderType: 'LIT' }, stock, ['stop_price']],
    [{ ...market, orderType: 'TRAIL' }, stock, ['trailing_amount']],
    [{ ...market, orderType: 'TRAIL', trailingAmount: 1, trailingPercent: 1 }, stock, ['trailing_amount']],
    [{ ...market, orderType: 'TRAIL', trailingAmount: 0 }, stock, ['trailing_amount']],
    [{ ...market, orderType: 'TRAIL', trailingPercent: 100 }, stock, ['trailing_percent']],
    [{ ...limit, trailingPercent: 5 }, stock, ['trailing_percent']],
    [{ ...stop, tif: 'IOC' }, stock, ['tif']],
    [{ ...market, tif: 'FOK' }, stock, ['tif']],
    [{ ...stop, tif: 'OPG' }, stock, ['tif']],
    [{ ...market, orderType: 'MOC', tif: 'GTC' }, stock, ['tif']],
    [{ ...market, orderType: 'MIDPRICE', tif: 'GTC' }, stock, ['tif']],
    [{ ...limit, tif: 'GTD' }, stock, ['good_till_date']],
    [{ ...limit, tif: 'GTD', goodTillDate: '2026-12-24' }, stock, ['good_till_date']],
    [{ ...limit, tif: 'GTD', goodTillDate: '2026-11-20T15:00:00Z' }, stock, ['good_till_date']],
    [{ ...limit, goodTillDate: '2026-12-24T21:00:00Z' }, stock, ['good_till_date']],
    [{ ...market, outsideRth: true }, stock, ['outside_rth']],
    [{ ...market, outsideRth: true }, { ...stock, rules: null }, ['outside_rth']],
    [{ ...limit, tif: 'OPG', outsideRth: true }, stock, ['outside_rth']],
    [{ ...market, orderType: 'MIDPRICE' }, { ...stock, currency: 'EUR' }, ['order_type']],
    [{ ...market, orderType: 'MIDPRICE' }, option, ['order_type']],
    [{ ...market, orderType: 'MIDPRICE', exchange: 'NYSE' }, stock, ['exchange']],
    [{ ...limit, quantity: undefined }, stock, ['quantity']],
    [{ ...limit, cashQuantity: 100 }, stock, ['quantity']],
    [{ ...limit, quantity: 0 }, stock, ['quantity']],
    [{ ...limit, quantity: 1.5 }, option, ['quantity']],
    [{ ...limit, quantity: 1.00001 }, stock, ['quantity']],
    [{ ...limit, quantity: 1e-11 }, stock, ['quantity']],
    [{ ...limit, limitPrice: 1e-9 }, stock, ['limit_price']],
    [{ ...limit, limitPrice: 180.00000001 }, stock, ['limit_price']],
    [{ ...market, orderType: 'MOC', quantity: 1.5 }, stock, ['quantity']],
    [
      { ...limit, quantity: 1.5 },
      { ...stock, account: { ...stock.account, supportsFractions: false } },
      ['quantity'],
    ],
    [{ ...limit, quantity: undefined, cashQuantity: -5 }, stock, ['cash_quantity']],
    [{ ...limit, quantity: undefined, cashQuantity: 500 }, option, ['cash_quantity']],
    [{ ...stop, quantity: undefined, cashQuantity: 500 }, stock, ['cash_quantity']],
    [
      { ...limit, quantity: undefined, cashQuantity: 500 },
      { ...stock, account: { ...stock.account, supportsCashQuantity: false } },
      ['cash_quantity'],
    ],
    [
      { ...limit, quantity: undefined, cashQuantity: 500, takeProfit: { limitPrice: 190 } },
      stock,
      ['cash_quantity'],
    ],
    [{ ...limit, takeProfit: { limitPrice: 170 } }, stock, ['take_profit_price']],
    [{ ...limit, takeProfit: { limitPrice: 190.001 } }, stock, ['take_profit_price']],
    [{ ...limit, stopLoss: { stopPrice: 180 } }, stock, ['stop_loss_price']],
    [{ ...limit, side: 'SELL', stopLoss: { stopPrice: 170 } }, stock, ['stop_loss_price']],
    [{ ...limit, stopLoss: { stopPrice: 170, limitPrice: 171 } }, stock, ['stop_loss_limit_price']],
    [
      { ...market, takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 210 } },
      stock,
      ['take_profit_price', 'stop_loss_price'],
    ],
    [
      { ...market, takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 195 } },
      { ...stock, lastPrice: null },
      ['stop_loss_price'],
    ],
    [
      { ...limit, takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 170 } },
      { ...stock, rules: US_STOCK && { ...US_STOCK, orderTypes: ['LMT'] } },
      ['stop_loss_price'],
    ],
    [{ ...combo, orderType: 'STP', limitPrice: undefined, stopPrice: 1 }, bag, ['order_type']],
    [{ ...combo, tif: 'OPG' }, bag, ['tif']],
    [{ ...combo, outsideRth: true }, bag, ['outside_rth']],
    [{ ...combo, quantity: 1.5 }, bag, ['quantity']],
    [{ ...combo, quantity: undefined, cashQuantity: 100 }, bag, ['cash_quantity']],
    [{ ...combo, takeProfit: { limitPrice: 2 } }, bag, ['take_profit_price']],
    [{ ...combo, conid: AAPL }, bag, ['conid']],
    [combo, { ...bag, currency: 'EUR' }, ['legs', 'exchange']],
    [{ ...combo, legs: [{ conid: 1, ratio: 1 }] }, bag, ['legs']],
    [{ ...combo, legs: [1, 2, 3, 4, 5].map((conid) => ({ conid, ratio: 1 })) }, bag, ['legs']],
    [{ ...combo, legs: [1, 1].map((conid) => ({ conid, ratio: 1 })) }, bag, ['legs']],
    [{ ...combo, legs: [1, 2].map((conid) => ({ conid, ratio: 0 })) }, bag, ['legs']],
    [{ ...combo, legs: [1, 2].map((conid) => ({ conid, ratio: 2 })) }, bag, ['legs']],
    [combo, { ...bag, legs: [leg(), leg({ secType: 'STK' })] }, ['legs']],
    [combo, { ...bag, legs: [leg(), leg({}, { underlyingConid: 9 })] }, ['legs']],
    [combo, { ...bag, legs: [leg(), leg({}, { multiplier: 10 })] }, ['legs']],
    [combo, { ...bag, legs: [leg(), leg({}, { expiry: '2026-11-13' })] }, ['legs']],
    [{ ...limit, quantity: 1 }, { ...option, expiry: '2026-11-13' }, ['conid']],
    [{ ...limit, quantity: 1.5 }, option, ['quantity']],
    [{ ...limit, quantity: undefined, cashQuantity: 500 }, { ...option, secType: 'FUT' }, ['cash_quantity']],
    [limit, { ...stock, secType: 'IND' }, ['conid']],
  ])('%o', (ticket, context, fields) => {
    const problems = ticketProblems(ticket, context).map(ticketWords);
    expect(problems.map(({ argument }) => argument)).toEqual(fields);
    for (const { problem, accepted } of problems) {
      expect(problem).toMatch(/^[A-Z].*\.$/);
      expect(accepted).not.toBe('');
    }
  });

  test('what would be right is said', () => {
    expect(ticketProblems({ ...limit, limitPrice: 180.006 }, stock).map(ticketWords)).toEqual([
      {
        argument: 'limit_price',
        problem: 'The price is not on the steps of 0.01 that the instrument trades in.',
        accepted: 'a multiple of 0.01, such as 180.01',
      },
    ]);
  });
});

describe('what is let through, the simulator does not refuse for its form', () => {
  const [expiry = ''] = listedExpirations(Date.now()).slice(2);
  const OPTION = optionConid(AAPL, expiry, 260, 'C');
  const OTHER_OPTION = optionConid(AAPL, expiry, 270, 'C');
  const contracts = [AAPL, SAP_XETRA, EUR_USD, OPTION];
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 600 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 60_000 }).map((cents) => cents / 100) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, 1.0001, 250.005) },
  );
  const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 1 });
  const rarely = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary: value, weight: 1 });
  const leg = fc.record({
    conid: fc.constantFrom(OPTION, OTHER_OPTION, AAPL),
    ratio: fc.integer({ min: -2, max: 2 }),
  });
  const tickets = fc.record({
    conid: fc.constantFrom(...contracts),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    quantity: fc.constantFrom(1, 1, 2, 10, 10, 0.5, 0.25, 1.23456, 0, -1, undefined, undefined),
    cashQuantity: fc.constantFrom(1_000, 5_000.5, -1, undefined),
    orderType: fc.constantFrom(
      'MKT' as const,
      'LMT' as const,
      'STP' as const,
      'STP_LIMIT' as const,
      'MIT' as const,
      'LIT' as const,
      'TRAIL' as const,
      'TRAIL_LIMIT' as const,
      'MIDPRICE' as const,
      'MOC' as const,
      'LOC' as const,
    ),
    limitPrice: some(price),
    stopPrice: some(price),
    trailingAmount: some(fc.constantFrom(1, 0.5, -1)),
    trailingPercent: some(fc.constantFrom(1, 5, 200)),
    tif: fc.constantFrom(
      'DAY' as const,
      'GTC' as const,
      'IOC' as const,
      'FOK' as const,
      'OPG' as const,
      'GTD' as const,
    ),
    goodTillDate: fc.constantFrom('2099-12-24T21:00:00Z', '2020-01-01T00:00:00+01:00', 'tomorrow'),
    outsideRth: some(fc.boolean()),
    takeProfit: rarely(fc.record({ limitPrice: price })),
    stopLoss: rarely(fc.record({ stopPrice: price, limitPrice: some(price) })),
    legs: rarely(fc.array(leg, { maxLength: 5 })),
  });
  /** Prices that the type takes and no others, so that a good part of the tickets is let through. */
  const plausible = tickets.map((ticket): Omit<OrderTicket, 'clientOrderId'> => {
    const { orderType } = ticket;
    const takesLimit = ['LMT', 'STP_LIMIT', 'LIT', 'TRAIL_LIMIT', 'LOC'].includes(orderType);
    const takesStop = ['STP', 'STP_LIMIT', 'MIT', 'LIT', 'TRAIL_LIMIT'].includes(orderType);
    const trails = ['TRAIL', 'TRAIL_LIMIT'].includes(orderType);
    return {
      ...ticket,
      cashQuantity: ticket.quantity === undefined ? ticket.cashQuantity : undefined,
      limitPrice: takesLimit ? (ticket.limitPrice ?? 265) : undefined,
      stopPrice: takesStop ? (ticket.stopPrice ?? 260) : undefined,
      trailingAmount: trails ? (ticket.trailingAmount ?? 1) : undefined,
      trailingPercent: undefined,
      goodTillDate: ticket.tif === 'GTD' ? ticket.goodTillDate : undefined,
      ...(ticket.legs && { conid: spreadConid('USD') ?? 0 }),
    };
  });

  test('over all types, times, prices and amounts', async () => {
    const sandbox = newSandbox();
    const [account] = (await getAccounts(sandbox.client())).accounts;
    if (account === undefined) throw new Error('no account');
    const contexts = new Map<number, TicketContext>();
    const known = { account, lastPrice: null, now: new Date() };
    for (const [conid, secType, currency] of [
      [AAPL, 'STK', 'USD'],
      [SAP_XETRA, 'STK', 'EUR'],
      [EUR_USD, 'CASH', 'USD'],
      [OPTION, 'OPT', 'USD'],
    ] as const) {
      const rules = await getContractOrderRules(sandbox.client(), conid);
      expect(rules).not.toBeNull();
      contexts.set(conid, { ...known, secType, currency, rules });
    }
    contexts.set(spreadConid('USD') ?? 0, { ...known, secType: 'BAG', currency: 'USD', rules: null });
    let count = 0;
    let letThrough = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(tickets, { weight: 9, arbitrary: plausible }), async (fields) => {
        const ticket = { ...fields, clientOrderId: `form-${count++}` };
        const context = contexts.get(ticket.conid);
        if (context === undefined) throw new Error('no context');
        if (ticketProblems(ticket, context).length > 0) return;
        letThrough += 1;
        const outcome = await placeOrder(sandbox.client(), account?.accountId ?? '', ticket);
        const reason = 'reason' in outcome ? outcome.reason : 'taken';
        expect(reason).toMatch(/^taken$|available funds|less than the price of one share/);
      }),
      { numRuns: 3_000 },
    );
    expect(letThrough).toBeGreaterThan(200);
  });
});
