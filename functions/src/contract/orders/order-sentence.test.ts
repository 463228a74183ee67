import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exitsOf } from '../../broker/orders/order-ticket.ts';
import { canonicalText } from '../../trading/domain/order.ts';
import type { OrderContract, Ticket } from './intent.ts';
import {
  type Circumstances,
  effectWords,
  exitTif,
  orderSentence,
  orderWords,
  type ToldOrder,
} from './order-sentence.ts';

const NVDA: OrderContract = {
  conid: 4815747,
  symbol: 'NVDA',
  secType: 'STK',
  currency: 'USD',
  exchange: 'NASDAQ',
};
const CALL: OrderContract = {
  conid: 1,
  symbol: 'AAPL',
  secType: 'OPT',
  currency: 'USD',
  exchange: 'SMART',
  description: 'AAPL 2026-12-25 250 call',
};
const LIMIT: Ticket = {
  conid: 4815747,
  side: 'BUY',
  quantity: 3,
  orderType: 'LMT',
  limitPrice: 170,
  tif: 'GTC',
};

function sentence(
  ticket: { [Name in keyof Ticket]?: Ticket[Name] | undefined },
  contract: Partial<OrderContract> = {},
  more: Partial<ToldOrder> = {},
  circumstances: Circumstances = {},
): string {
  const order = {
    accountId: 'DU1234567',
    contract: { ...NVDA, ...contract },
    ticket: { ...LIMIT, ...ticket } as Ticket,
    ...more,
  };
  return orderSentence(order, circumstances);
}

it.each<[string, string]>([
  [sentence({}), 'BUY 3 NVDA LMT limit 170 GTC in DU1234567'],
  [
    sentence({ takeProfit: { limitPrice: 190 }, stopLoss: { stopPrice: 150, limitPrice: 149 } }),
    'BUY 3 NVDA LMT limit 170 GTC; when filled SELL 3 at 190 limit or 150 stop with limit 149, GTC; in DU1234567',
  ],
  [
    sentence({ tif: 'IOC', stopLoss: { stopPrice: 150 } }),
    'BUY 3 NVDA LMT limit 170 IOC; when filled SELL 3 at 150 stop, DAY; in DU1234567',
  ],
  [
    sentence({ side: 'SELL', orderType: 'TRAIL', limitPrice: undefined, trailingPercent: 5, tif: 'DAY' }),
    'SELL 3 NVDA TRAIL 5 % DAY in DU1234567',
  ],
  [
    sentence({ orderType: 'TRAIL_LIMIT', trailingAmount: 7, stopPrice: 171 }),
    'BUY 3 NVDA TRAIL_LIMIT 7 USD limit 170 stop 171 GTC in DU1234567',
  ],
  [
    sentence({ tif: 'GTD', goodTillDate: '2026-12-31T21:00:00Z', outsideRth: true }),
    'BUY 3 NVDA LMT limit 170 GTD until 2026-12-31T21:00:00Z, also outside regular hours, in DU1234567',
  ],
  [
    sentence({
      quantity: undefined,
      cashQuantity: 2000,
      orderType: 'MKT',
      limitPrice: undefined,
      tif: 'DAY',
    }),
    'BUY 2000 USD of NVDA MKT DAY in DU1234567',
  ],
  [
    sentence(
      { orderType: 'MKT', limitPrice: undefined, tif: 'DAY' },
      { symbol: 'AAPL', exchange: 'MEXI', currency: 'MXN' },
    ),
    'BUY 3 AAPL (MEXI, MXN) MKT DAY in DU1234567',
  ],
  [
    sentence({ limitPrice: 71.52 }, { symbol: 'VOD', exchange: 'LSE', currency: 'GBP', priceUnit: 'GBX' }),
    'BUY 3 VOD (LSE, GBP) LMT limit 71.52 GBX GTC in DU1234567',
  ],
  [
    sentence({}, {}, { oca: { ...LIMIT, orderType: 'STP', limitPrice: undefined, stopPrice: 150 } }),
    'BUY 3 NVDA LMT limit 170 GTC; one cancelling the other with BUY 3 NVDA STP stop 150 GTC; in DU1234567',
  ],
  [sentence({}, {}, { modifies: '7' }), 'change order 7 to BUY 3 NVDA LMT limit 170 GTC in DU1234567'],
  [
    sentence({ side: 'SELL', quantity: 1, limitPrice: 3.46, tif: 'DAY' }, CALL),
    'SELL 1 AAPL 2026-12-25 250 call LMT limit 3.46 DAY in DU1234567',
  ],
  [
    sentence(
      { side: 'SELL', quantity: 5, limitPrice: undefined, orderType: 'MKT', tif: 'DAY' },
      {},
      {},
      {
        held: 0,
        mode: 'paper',
      },
    ),
    'SELL 5 NVDA MKT DAY, opens a short position of 5, in DU1234567 (paper)',
  ],
  [
    sentence(
      {
        legs: [
          { conid: 1, ratio: 1 },
          { conid: 2, ratio: -2 },
        ],
        limitPrice: -1.5,
      },
      {
        conid: 28812380,
        symbol: 'AAPL',
        secType: 'BAG',
        legs: [CALL, { ...CALL, description: 'AAPL 2026-12-25 260 call' }],
      },
    ),
    'BUY 3 AAPL combo (buy 1 AAPL 2026-12-25 250 call, sell 2 AAPL 2026-12-25 260 call) LMT limit -1.5 GTC in DU1234567',
  ],
])('says all that a yes is said to: %s', (said, expected) => {
  expect(said).toBe(expected);
});

it('can leave the account out', () => {
  expect(orderWords({ accountId: 'DU1234567', contract: NVDA, ticket: LIMIT })).toBe(
    'BUY 3 NVDA LMT limit 170 GTC',
  );
});

it.each<['BUY' | 'SELL', number, number, string]>([
  ['BUY', 5, 0, 'opens a position of 5'],
  ['SELL', 5, 0, 'opens a short position of 5'],
  ['BUY', 5, 10, 'adds to the position of 10'],
  ['SELL', 5, -10, 'adds to the short position of 10'],
  ['SELL', 4, 10, 'reduces the position of 10 to 6'],
  ['BUY', 4, -10, 'reduces the short position of 10 to 6'],
  ['SELL', 10, 10, 'closes the position of 10'],
  ['BUY', 0.3, -0.3, 'closes the short position of 0.3'],
  ['SELL', 12, 10, 'closes the position of 10 and opens a short position of 2'],
  ['BUY', 12, -10, 'closes the short position of 10 and opens a position of 2'],
])('says what %s %d does while holding %d', (side, quantity, held, words) => {
  expect(effectWords(NVDA, { ...LIMIT, side, quantity }, held)).toBe(words);
});

it('says how long exits last as they are sent', () => {
  for (const tif of ['DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'GTD'] as const) {
    const [exit] = exitsOf({
      ...LIMIT,
      orderType: 'LMT',
      tif,
      clientOrderId: '',
      takeProfit: { limitPrice: 190 },
    });
    expect(exitTif(tif), tif).toBe(exit?.tif);
  }
});

/** Instruments that are easily taken for each other. */
const CONTRACTS: readonly OrderContract[] = [
  NVDA,
  { ...NVDA, conid: 2, exchange: 'MEXI', currency: 'MXN' },
  { ...NVDA, conid: 3, exchange: 'LSEETF' },
  { ...NVDA, conid: 4, exchange: 'LSE', currency: 'GBP', priceUnit: 'GBX' },
  { ...NVDA, conid: 5, exchange: 'LSE', currency: 'EUR' },
  { ...NVDA, conid: 6, secType: 'CFD', exchange: 'SMART' },
  { ...NVDA, conid: 7, secType: 'OPT', description: 'NVDA 2026-12-18 170 call' },
  { ...NVDA, conid: 8, secType: 'OPT', description: 'NVDA 2026-12-18 170 put' },
  { ...NVDA, conid: 9, secType: 'OPT', description: 'NVDA 2026-12-18 170 call (class NVDA7, multiplier 10)' },
  {
    ...NVDA,
    conid: 10,
    secType: 'FUT',
    description: 'NVDA 2026-12-18 future',
    exchange: 'EUREX',
    currency: 'EUR',
  },
  { ...NVDA, conid: 11, symbol: 'EUR.USD', secType: 'CASH', exchange: 'IDEALPRO' },
  { ...NVDA, conid: 12, symbol: 'EUR', secType: 'CASH', exchange: 'IDEALPRO', currency: 'GBP' },
];

const few = fc.constantFrom(1, 2, 10, 0.5, 170, 1e-8);
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const ticket = fc.record({
  side: fc.constantFrom('BUY', 'SELL'),
  amount: fc.oneof(
    fc.record({ quantity: few, cashQuantity: fc.constant(undefined) }),
    fc.record({ quantity: fc.constant(undefined), cashQuantity: few }),
  ),
  orderType: fc.constantFrom(
    'MKT',
    'LMT',
    'STP',
    'STP_LIMIT',
    'MIT',
    'LIT',
    'TRAIL',
    'TRAIL_LIMIT',
    'LOC',
    'MOC',
  ),
  limitPrice: option(few),
  stopPrice: option(few),
  trailingAmount: option(few),
  trailingPercent: option(few),
  tif: fc.constantFrom('DAY', 'GTC', 'IOC', 'FOK', 'OPG', 'GTD'),
  goodTillDate: option(fc.constantFrom('2026-12-31T21:00:00Z', '2026-12-30T21:00:00Z')),
  outsideRth: option(fc.constant(true)),
  exchange: option(fc.constantFrom('CBOE', 'SMART', 'MEXI')),
  takeProfit: option(fc.record({ limitPrice: few })),
  stopLoss: option(fc.record({ stopPrice: few, limitPrice: option(few) })),
});
const legs = option(
  fc.array(fc.record({ conid: fc.constantFrom(7, 8, 9), ratio: fc.constantFrom(1, -1, 2, -2) }), {
    minLength: 2,
    maxLength: 3,
  }),
);
const told = fc
  .record({
    accountId: fc.constantFrom('DU1234567', 'DU1234568'),
    contract: fc.constantFrom(...CONTRACTS),
    legs,
    ticket,
    oca: option(ticket),
    modifies: option(fc.constantFrom('7', '8')),
  })
  .map(({ accountId, contract, legs: of, ticket: drawn, oca, modifies }): ToldOrder => {
    const full = ({ amount, ...rest }: typeof drawn) =>
      ({ conid: contract.conid, ...amount, ...rest }) as Ticket;
    if (of !== undefined) {
      const bag: OrderContract = {
        ...{ conid: 28812380, symbol: 'NVDA', secType: 'BAG', currency: 'USD' },
        legs: of.map(({ conid }) => CONTRACTS.find((one) => one.conid === conid) ?? NVDA),
      };
      return { accountId, contract: bag, ticket: { ...full(drawn), conid: bag.conid, legs: of } };
    }
    return {
      accountId,
      contract,
      ticket: full(drawn),
      ...(oca === undefined ? {} : { oca: full(oca) }),
      ...(modifies === undefined ? {} : { modifies }),
    };
  });

/** One with a single field of another, which random pairs hardly ever are. */
const neighbours = fc.tuple(told, told, fc.nat()).map(([one, other, choice]): [ToldOrder, ToldOrder] => {
  const of = one.oca !== undefined && choice % 3 === 0 ? 'oca' : 'ticket';
  const names = Object.keys(other.ticket).filter(
    (name) => !['conid', 'legs'].includes(name),
  ) as (keyof Ticket)[];
  const name = names[choice % names.length] as keyof Ticket;
  const { quantity, cashQuantity } = other.ticket;
  // An order has one of the two.
  const field = name.endsWith('uantity') ? { quantity, cashQuantity } : { [name]: other.ticket[name] };
  return [one, { ...one, [of]: { ...one[of], ...field } }];
});

it('never says the same of two different orders', () => {
  fc.assert(
    fc.property(fc.oneof(neighbours, fc.tuple(told, told)), ([one, other]) => {
      expect(orderSentence(one) === orderSentence(other)).toBe(canonicalText(one) === canonicalText(other));
    }),
    { numRuns: 3_000 },
  );
});
