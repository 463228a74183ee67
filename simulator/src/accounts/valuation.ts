import { instrumentOf } from '../contracts/catalog.ts';
import type { Instrument } from '../contracts/instruments.ts';
import type { Market } from '../market/market.ts';
import { type AccountBook, multiplierOf, notional, type Position, pointValueOf } from './account-book.ts';
import { fromMicros, roundQuantity } from './money.ts';

/** A position at one moment's prices; amounts in the instrument's currency. */
export interface ValuedPosition {
  readonly instrument: Instrument;
  readonly quantity: number;
  /** In the currency, where quotes may be in hundredths of it. */
  readonly price: number;
  readonly marketValue: number;
  /** Average cost per share or contract (IBKR's `avgCost`), and per unit of price (`avgPrice`). */
  readonly averageCost: number;
  readonly averagePrice: number;
  readonly realized: number;
  readonly unrealized: number;
  /** Profit since the previous close. */
  readonly daily: number;
}

/** One currency of an account; amounts in that currency. */
export interface CurrencyTotals {
  cash: number;
  stocks: number;
  options: number;
  /** Unrealized profit of futures: they are not paid for. */
  futures: number;
  realized: number;
  unrealized: number;
  /** Units of the base currency for one of this. */
  exchangeRate: number;
}

/** An account at one moment's prices; amounts in its base currency. */
export interface AccountValuation {
  readonly currencies: ReadonlyMap<string, CurrencyTotals>;
  readonly positions: readonly ValuedPosition[];
  readonly netLiquidation: number;
  readonly cash: number;
  readonly stocks: number;
  readonly options: number;
  readonly futures: number;
  readonly grossPosition: number;
  readonly initialMargin: number;
  readonly maintenanceMargin: number;
  readonly availableFunds: number;
  readonly excessLiquidity: number;
  readonly buyingPower: number;
  readonly realized: number;
  readonly unrealized: number;
  readonly daily: number;
}

export const BASE_CURRENCY = 'USD';

/** Share of a stock position's value held as margin; buying power is its inverse times the free funds. */
const STOCK_MARGIN = 0.25;
const SHORT_OPTION_MARGIN = 0.2;
const FUTURE_MARGIN = 0.07;

export function valuePosition(
  account: AccountBook,
  position: Position,
  market: Market,
  time: number,
): ValuedPosition | undefined {
  const instrument = instrumentOf(position.conid);
  if (!instrument) return undefined;
  const price = market.last(instrument, time);
  const marketValue = fromMicros(notional(instrument, position.quantity, price));
  const cost = fromMicros(position.cost);
  const averageCost = position.quantity === 0 ? 0 : cost / position.quantity;
  return {
    instrument,
    quantity: position.quantity,
    price: price / (instrument.priceMagnifier ?? 1),
    marketValue,
    averageCost,
    averagePrice: averageCost / multiplierOf(instrument),
    realized: fromMicros(position.realized),
    unrealized: position.quantity === 0 ? 0 : marketValue - cost,
    daily: dailyProfit(account, instrument, position, marketValue, market, time),
  };
}

/** A position, or what one model has of it. */
export interface PositionPart extends ValuedPosition {
  /** Empty for what is in no model. */
  readonly model: string;
}

/** The parts of positions that IBKR gives rows of their own: for each model that holds some, and for the rest. */
export function partsOf(account: AccountBook, positions: readonly ValuedPosition[]): PositionPart[] {
  return positions.flatMap((position) => {
    const { quantity, instrument } = position;
    const inModels = [...account.models].flatMap(([model, held]) => {
      const part = held.get(instrument.conid);
      return part === undefined ? [] : [{ model, part }];
    });
    const rest = roundQuantity(quantity - inModels.reduce((sum, { part }) => sum + part, 0));
    if (quantity === 0 || inModels.length === 0) return [{ ...position, model: '' }];
    return [{ model: '', part: rest }, ...inModels]
      .filter(({ part }) => part !== 0)
      .map(({ model, part }) => ({ ...share(position, part / quantity), quantity: part, model }));
  });
}

function share(position: ValuedPosition, fraction: number): ValuedPosition {
  return {
    ...position,
    marketValue: position.marketValue * fraction,
    realized: position.realized * fraction,
    unrealized: position.unrealized * fraction,
    daily: position.daily * fraction,
  };
}

export function valueAccount(account: AccountBook, market: Market, time: number): AccountValuation {
  const currencies = new Map<string, CurrencyTotals>();
  const totalsOf = (currency: string): CurrencyTotals => {
    const known = currencies.get(currency);
    if (known) return known;
    const exchangeRate = market.rate(currency, BASE_CURRENCY, time);
    const totals = { cash: 0, stocks: 0, options: 0, futures: 0, realized: 0, unrealized: 0, exchangeRate };
    currencies.set(currency, totals);
    return totals;
  };
  for (const [currency, amount] of account.cash) totalsOf(currency).cash += fromMicros(amount);

  const positions: ValuedPosition[] = [];
  let margin = 0;
  let gross = 0;
  let daily = 0;
  for (const position of account.positions.values()) {
    const valued = valuePosition(account, position, market, time);
    if (!valued) continue;
    positions.push(valued);
    const totals = totalsOf(valued.instrument.currency);
    if (valued.instrument.option) totals.options += valued.marketValue;
    else if (valued.instrument.future) totals.futures += valued.unrealized;
    else totals.stocks += valued.marketValue;
    totals.realized += valued.realized;
    totals.unrealized += valued.unrealized;
    gross += Math.abs(valued.marketValue) * totals.exchangeRate;
    daily += valued.daily * totals.exchangeRate;
    margin += positionMargin(valued, market, time) * totals.exchangeRate;
  }

  const sum = (pick: (totals: CurrencyTotals) => number) =>
    [...currencies.values()].reduce((total, totals) => total + pick(totals) * totals.exchangeRate, 0);
  const cash = sum((totals) => totals.cash);
  const stocks = sum((totals) => totals.stocks);
  const options = sum((totals) => totals.options);
  const futures = sum((totals) => totals.futures);
  const netLiquidation = cash + stocks + options + futures;
  const availableFunds = Math.max(0, netLiquidation - margin);
  return {
    currencies,
    positions,
    netLiquidation,
    cash,
    stocks,
    options,
    futures,
    grossPosition: gross,
    initialMargin: margin,
    maintenanceMargin: margin,
    availableFunds,
    excessLiquidity: availableFunds,
    buyingPower: availableFunds / STOCK_MARGIN,
    realized: sum((totals) => totals.realized),
    unrealized: sum((totals) => totals.unrealized),
    daily,
  };
}

/** Margin an order of this value adds when it opens or enlarges a position. */
export function openingMargin(instrument: Instrument, value: number, isShort: boolean): number {
  if (instrument.baseCurrency) return value * 0.03;
  if (instrument.option) return isShort ? value : Math.abs(value);
  if (instrument.future) return value * FUTURE_MARGIN;
  return value * STOCK_MARGIN;
}

/** Value of the whole account, in its base currency, had it held today's positions and cash then. */
export function valueOfHoldingsAt(account: AccountBook, market: Market, time: number): number {
  let value = 0;
  for (const [currency, amount] of account.cash)
    value += fromMicros(amount) * market.rate(currency, BASE_CURRENCY, time);
  for (const position of account.positions.values()) {
    const instrument = instrumentOf(position.conid);
    if (!instrument || position.quantity === 0) continue;
    const worth = position.quantity * market.last(instrument, time) * pointValueOf(instrument);
    const owned = instrument.future ? worth - fromMicros(position.cost) : worth;
    value += owned * market.rate(instrument.currency, BASE_CURRENCY, time);
  }
  return value;
}

function positionMargin(
  { instrument, quantity, price, marketValue }: ValuedPosition,
  market: Market,
  time: number,
): number {
  if (instrument.future) return Math.abs(marketValue) * FUTURE_MARGIN;
  if (!instrument.option) return Math.abs(marketValue) * STOCK_MARGIN;
  if (quantity >= 0) return marketValue;
  const underlying = instrumentOf(instrument.option.underlying);
  const spot = underlying ? market.last(underlying, time) : 0;
  return -quantity * instrument.option.multiplier * (price + SHORT_OPTION_MARGIN * spot);
}

function dailyProfit(
  account: AccountBook,
  instrument: Instrument,
  position: Position,
  marketValue: number,
  market: Market,
  time: number,
): number {
  const session = market.hours.latestSession(instrument.exchange, time);
  let traded = 0;
  let cashFlow = 0;
  for (let i = account.trades.length - 1; i >= 0; i--) {
    const trade = account.trades[i];
    if (!trade || trade.time < session.extendedOpen) break;
    if (trade.conid !== position.conid) continue;
    traded += trade.side === 'BUY' ? trade.quantity : -trade.quantity;
    cashFlow += fromMicros(trade.netAmount);
  }
  const readHeldQuantity = position.quantity - traded;
  const valueBefore = readHeldQuantity * market.priorClose(instrument, time) * pointValueOf(instrument);
  return marketValue + cashFlow - valueBefore;
}
