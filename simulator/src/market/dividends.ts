import type { Instrument } from '../contracts/instruments.ts';

const QUARTERS = 4;
/** In tenths of a percent a year: from nothing to 4.9 %. */
const YIELDS = 50;

/** What a stock pays in a year, as a share of its price; drawn from its number. */
export function dividendYield({ assetClass, conid }: Instrument): number {
  return assetClass === 'STK' ? (conid % YIELDS) / 1000 : 0;
}

/** What it pays each quarter. */
export function quarterlyDividend(instrument: Instrument, price: number): number {
  return (dividendYield(instrument) * price) / QUARTERS;
}
