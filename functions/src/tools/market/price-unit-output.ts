import { priceUnitWords } from '../../broker/contracts/price-unit.ts';
import type { OrderedContract } from '../../trading/domain/order.ts';

/** The unit of the prices of an order for the contract. */
export function contractUnit({ currency, priceMagnifier = 1, priceUnit }: OrderedContract): string | null {
  return priceUnitWords({ currency, magnifier: priceMagnifier, name: priceUnit ?? null });
}
