/** What the outputs of many tools have in common. */
import { z } from 'zod';
import { ACCOUNT_MODES } from '../connection-kind.ts';

/** Whether an order is played with or real. */
export const accountModeOutput = z.enum(ACCOUNT_MODES);

/** There only if there are such rows. */
export const unreadOutput = z
  .strictObject({ count: z.number(), reason: z.string() })
  .optional()
  .describe('Rows of IBKR that could not be read and are missing here: tell the user.');

export const priceUnitOutput = z
  .string()
  .nullable()
  .describe('Of prices, limits and stops, if not the currency, as money is: GBX (pence, 1/100 GBP).');

export const derivativeOutput = z
  .strictObject({
    expiry: z.string().nullable(),
    strike: z.number().nullable(),
    right: z.enum(['call', 'put']).nullable(),
    multiplier: z.number().nullable(),
    trading_class: z.string().nullable().optional(),
    underlying_conid: z.number().nullable(),
  })
  .optional();

export const instrumentOutput = {
  conid: z.number(),
  symbol: z.string(),
  name: z.string().nullable(),
  exchange: z.string().nullable(),
  security_type: z.string(),
  description: z.string().optional(),
  note: z.string().optional(),
};
