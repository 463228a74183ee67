/** When a watched price crosses a level: pure, one look after the other. */
import type { PRICE_DIRECTIONS } from '../../contract/news/price-crossing.ts';

/** What is waited for. */
export interface PriceLevel {
  price: number;
  /** `above`: that it is at the level or above it; `below`: at it or below. */
  direction: (typeof PRICE_DIRECTIONS)[number];
}

/** The last price that was traded at, as a look found it. */
export interface SeenPrice {
  /** Null where there is none. */
  last: number | null;
  /** It is a price of now: neither delayed nor of a market that is closed or halted. */
  isLive: boolean;
}

/**
 * What a look comes to.
 * @param isArmed Whether the price was on the near side of the level, away from it, since it last crossed; null: no price was
 * seen yet.
 */
export function lookAtPrice(
  { price, direction }: PriceLevel,
  isArmed: boolean | null,
  { last, isLive }: SeenPrice,
): { isArmed: boolean | null; isCrossed: boolean } {
  if (last === null || !isLive) return { isArmed, isCrossed: false };
  const isBeyond = direction === 'above' ? last >= price : last <= price;
  return { isArmed: !isBeyond, isCrossed: isBeyond && isArmed === true };
}
