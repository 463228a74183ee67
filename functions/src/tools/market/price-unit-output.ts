/** How tools tell the unit of prices. */
import { z } from 'zod';
import { priceUnitWords } from '../../broker/contracts/price-unit.ts';
import type { OrderedContract } from '../../trading/domain/order.ts';

export const priceUnitOutput = z
  .string()
  .nullable()
  .describe('Of prices, limits and stops, if not the currency, as money is: GBX (pence, 1/100 GBP).');

/** The unit of the prices of an order for the contract. */
export function contractUnit({ currency, priceMagnifier = 1, priceUnit }: OrderedContract): string | null {
  return priceUnitWords({ currency, magnifier: priceMagnifier, name: priceUnit ?? null });
}
