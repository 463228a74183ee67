/** Test support: orders, markets, holdings and limits that a property test draws, and the risk inputs of such orders. */
import fc from 'fast-check';
import { exitsOf } from '../../broker/orders/order-ticket.ts';
import type { Limits } from '../../contract/rules/limits.ts';
import type { OrderedContract, ProposedOrder } from '../../trading/domain/order.ts';
import { isReduction } from '../../trading/domain/order-changes.ts';
import type { RiskInputs } from '../../trading/domain/risk/limit-checks.ts';
import { type MarketPrices, notionalOf } from '../../trading/domain/risk/notional.ts';
import { collaredPrices } from '../../trading/domain/risk/price-collar.ts';
import { riskInputsOf, saleOf } from './risk-inputs.ts';

export type Ticket = ProposedOrder['ticket'];

export interface Asked {
  contract: OrderedContract;
  ticket: Ticket;
  /** The other one of a pair. */
  oca?: Ticket;
}

/** In steps of a cent, so that what is reckoned here is not a rounding away from what is reckoned there. */
export const price = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100);
/** As the parts of a quote are once they are read: what IBKR tells as -1 is null by then, and some zeros are not. */
const quoted = fc.oneof({ weight: 4, arbitrary: price }, fc.constantFrom(null, 0));
export const market: fc.Arbitrary<MarketPrices> = fc.record({
  bid: quoted,
  ask: quoted,
  last: quoted,
  previousClose: fc.option(price),
});

/** As far as the worth of an order depends on it. */
export const contract: fc.Arbitrary<OrderedContract> = fc
  .record({
    secType: fc.constantFrom('STK', 'FUT', 'OPT', 'CASH'),
    multiplier: fc.constantFrom(1, 5, 50, 100, 1_000),
    priceMagnifier: fc.constantFrom(1, 100, null),
  })
  .map(({ secType, multiplier, priceMagnifier }) => ({
    conid: 4815747,
    symbol: 'NVDA',
    secType,
    currency: 'USD',
    priceMagnifier,
    ...(secType === 'FUT' || secType === 'OPT'
      ? {
          derivative: {
            expiry: '2026-12-18',
            strike: secType === 'OPT' ? 100 : null,
            right: secType === 'OPT' ? ('call' as const) : null,
            multiplier,
            underlyingConid: 1,
          },
        }
      : {}),
  }));

const TYPES: readonly Ticket['orderType'][] = [
  ...([
    'MKT',
    'LMT',
    'STP',
    'STP_LIMIT',
    'MIT',
    'LIT',
    'TRAIL',
    'TRAIL_LIMIT',
    'MIDPRICE',
    'LOC',
    'MOC',
  ] as const),
];
const HAS_LIMIT = ['LMT', 'STP_LIMIT', 'LIT', 'TRAIL_LIMIT', 'MIDPRICE', 'LOC'];
const HAS_STOP = ['STP', 'STP_LIMIT', 'MIT', 'LIT', 'TRAIL_LIMIT'];

const ticket: fc.Arbitrary<Ticket> = fc
  .record({
    side: fc.constantFrom<Ticket['side']>('BUY', 'SELL'),
    orderType: fc.constantFrom(...TYPES),
    quantity: fc.integer({ min: 1, max: 500 }),
    limitPrice: price,
    stopPrice: price,
    trailingAmount: price,
    profit: fc.option(price, { nil: undefined }),
    loss: fc.option(fc.record({ stopPrice: price, limitPrice: fc.option(price, { nil: undefined }) }), {
      nil: undefined,
    }),
  })
  .map(({ side, orderType, quantity, limitPrice, stopPrice, trailingAmount, profit, loss }) => ({
    conid: 4815747,
    side,
    orderType,
    quantity,
    tif: 'DAY' as const,
    ...(HAS_LIMIT.includes(orderType) ? { limitPrice } : {}),
    ...(HAS_STOP.includes(orderType) ? { stopPrice } : {}),
    ...(orderType.startsWith('TRAIL') ? { trailingAmount } : {}),
    takeProfit: profit === undefined ? undefined : { limitPrice: profit },
    stopLoss: loss,
  }));

/** An order, or a pair of them. */
export const asked: fc.Arbitrary<Asked> = fc.record(
  { contract, ticket, oca: ticket },
  { requiredKeys: ['contract', 'ticket'] },
);

/** From a cent to more than any order here is worth. */
const amount = fc.integer({ min: -2, max: 11 }).map((digits) => 10 ** digits);

export const limits: fc.Arbitrary<Limits> = fc
  .record({
    maxOrderValue: fc.option(amount, { nil: undefined }),
    maxDailyValue: fc.option(amount, { nil: undefined }),
    maxDailyOrders: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    shortSelling: fc.constantFrom(undefined, undefined, false),
    optionsWriting: fc.constantFrom(undefined, undefined, false),
    priceCollarPercent: fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined, freq: 1 }),
  })
  .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)));

/** What an account has of the contract, and other orders are to sell. */
export const holding = fc.record({ held: fc.integer({ min: -100, max: 600 }), pending: fc.nat(300) });
type Holding = { held: number; pending: number };

/** What an order is judged by; with `before`, of the change of an order. */
export function riskInputsFor(
  { contract: of, ticket: one }: Asked,
  prices: MarketPrices,
  own: Holding,
  before: Ticket | null = null,
): RiskInputs {
  const marketPrice = prices.last ?? prices.bid ?? prices.ask;
  const sale = saleOf(one.quantity ?? null, {
    ...own,
    assetClass: of.secType,
    quantityBefore: before?.quantity ?? 0,
  });
  return riskInputsOf({
    assetClasses: [of.secType],
    orders: before === null ? 1 + exitsOf({ ...one, clientOrderId: '' }).length : 0,
    isReduction: before !== null && isReduction({ ticket: one }, before),
    sales: one.side === 'SELL' ? [sale] : [],
    notional: notionalOf({ contract: of, ticket: one }, prices),
    notionalBefore: before === null ? 0 : notionalOf({ contract: of, ticket: before }, prices),
    collaredPrices: collaredPrices(one, { ...prices, marketPrice }, prices.last, before),
  });
}

/** Of both of a pair. */
export function riskInputsOfAll(one: Asked, prices: MarketPrices, own: Holding): RiskInputs[] {
  const { oca, ...first } = one;
  const both = oca === undefined ? [first] : [first, { ...first, ticket: oca }];
  return both.map((each) => riskInputsFor(each, prices, own));
}
