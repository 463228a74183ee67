/** What scripts trade, in a market of their own. */
import { listedFutures } from '../../../simulator/src/contracts/futures-contracts.ts';

export interface Traded {
  conid: number;
  /** At the beginning of every script, in the unit of its prices. */
  price: number;
  /** Between bid or ask and the last price. */
  halfSpread: number;
  /** US dollars that one of it is worth at a price of 1. */
  pointValue: number;
  /** Whether an order names it by its symbol: a US stock. */
  isUsStock: boolean;
}

/** What a pound costs in every script, in US dollars. */
export const POUND = { conid: 12087797, price: 1.25 };

const stock = (conid: number, price: number): Traded => ({
  conid,
  price,
  halfSpread: 0.05,
  pointValue: 1,
  isUsStock: true,
});
const abroad = { isUsStock: false };

const [future] = listedFutures(Date.now()).filter(({ symbol }) => symbol === 'ES');
if (future === undefined) throw new Error('The simulator lists no future.');

/** By symbol. */
export const INSTRUMENTS: Readonly<Record<string, Traded>> = {
  AAPL: stock(265598, 200),
  MSFT: stock(272093, 400),
  SPY: stock(756733, 600),
  NVDA: stock(4815747, 100),
  // In pence.
  VOD: { ...abroad, conid: 166089160, price: 100, halfSpread: 0.1, pointValue: POUND.price / 100 },
  ES: { ...abroad, conid: future.conid, price: 6_000, halfSpread: 0.25, pointValue: 50 },
  'EUR.USD': { ...abroad, conid: 12087792, price: 1.2, halfSpread: 0.0005, pointValue: 1 },
};

const BY_CONID = new Map(Object.values(INSTRUMENTS).map((traded) => [traded.conid, traded]));

/** What the arguments of an order name; undefined for options. */
export function instrumentOf({ symbol, conid }: Readonly<Record<string, unknown>>): Traded | undefined {
  return symbol === undefined ? BY_CONID.get(Number(conid)) : INSTRUMENTS[String(symbol)];
}

/** As prices of all of them can be written. */
export function roundedPrice(price: number): number {
  return Number(price.toFixed(4));
}
