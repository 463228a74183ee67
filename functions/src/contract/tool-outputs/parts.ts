/** What the outputs of many tools have in common. */
import { z } from 'zod';
import { ACCOUNT_MODES } from '../connection-kind.ts';
import type { Table } from '../table.ts';

/** Whether an order is played with or real. */
export const accountModeOutput = z.enum(ACCOUNT_MODES);

/** The fields of such rows, in their order. */
export function columnsOf<Row extends z.ZodObject>(row: Row): (keyof z.output<Row> & string)[] {
  return Object.keys(row.shape) as (keyof z.output<Row> & string)[];
}

/** Rows of that kind, as columns and rows. */
export function tableOutput<Row extends z.ZodObject>(row: Row): z.ZodType<Table<z.output<Row>>> {
  const columns = columnsOf(row);
  const schema = z.strictObject({ columns: z.array(z.enum(columns)), rows: z.array(z.array(z.unknown())) });
  // Lists of tools name the columns and leave out the rest.
  return schema.meta({ columns }) as unknown as z.ZodType<Table<z.output<Row>>>;
}

/** Beside a table that was cut: what is missing, and how to get it. */
export const cutOutput = { truncated: z.boolean().optional(), rest: z.string().optional() };

/** There only if there are such rows. */
export const unreadOutput = z
  .strictObject({ count: z.number(), reason: z.string() })
  .optional()
  .describe('Rows of IBKR that could not be read and are missing here: tell the user.');

/** There only if IBKR was asked before the call: of some lists it takes one request in five seconds. */
export const asOfOutput = z.string().optional().describe('When IBKR told it, if before this call.');

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
