/** How tools tell the unit of prices. */
import { z } from 'zod';

export const priceUnitOutput = z
  .string()
  .nullable()
  .describe(
    'Of the prices here, and of limits and stops of orders, where it is not the currency: GBX (pence, 1/100 GBP). Say it with every price. Money and positions are in the currency.',
  );
