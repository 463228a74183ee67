import { exactNumber } from '../wire/numbers.ts';

/** How much has been executed, and at which price. */
export interface Fills {
  quantity: number;
  /** Null where nothing was executed, or the price of a part is not known. */
  averagePrice: number | null;
}

/** What was executed in both. */
export function addFills(one: Fills, other: Fills): Fills {
  if (one.quantity === 0) return other;
  if (other.quantity === 0) return one;
  const quantity = exactNumber(one.quantity + other.quantity);
  const isPriced = one.averagePrice !== null && other.averagePrice !== null;
  const paid = (fills: Fills) => fills.quantity * (fills.averagePrice ?? 0);
  return { quantity, averagePrice: isPriced ? (paid(one) + paid(other)) / quantity : null };
}
