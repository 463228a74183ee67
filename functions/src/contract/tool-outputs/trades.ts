/** What the tool about executions answers. */
import { z } from 'zod';
import { clientOrderIdOutput, legsOutput } from './orders.ts';
import { asOfOutput, columnsOf, cutOutput, priceUnitOutput, tableOutput, unreadOutput } from './parts.ts';

const execution = z.strictObject({
  execution_id: z.string(),
  order_id: z.string().nullable(),
  /** Of the order, as place_order answered it. */
  intent_id: z.string().nullable(),
  client_order_id: clientOrderIdOutput,
  order: z.string().nullable(),
  /** The name that IBKR knows the order by. */
  order_ref: z.string().nullable(),
  conid: z.number(),
  symbol: z.string(),
  sec_type: z.string().nullable(),
  /** Which one of its symbol, in words. */
  instrument: z.string().nullable(),
  currency: z.string().nullable(),
  side: z.enum(['BUY', 'SELL']),
  quantity: z.number(),
  price: z.number(),
  price_unit: priceUnitOutput,
  commission: z.number().nullable(),
  net_amount: z.number().nullable(),
  exchange: z.string().nullable(),
  time: z.string().nullable(),
  description: z.string().nullable(),
  /** Of a combo; its legs are listed as executions of their own, too. */
  legs: legsOutput,
});
export type Execution = z.output<typeof execution>;
export const EXECUTION_COLUMNS = columnsOf(execution);

export const tradesOutput = z.strictObject({
  account_id: z.string(),
  days: z.number(),
  trades: tableOutput(execution),
  as_of: asOfOutput,
  ...cutOutput,
  unread: unreadOutput,
});
export type Trades = z.output<typeof tradesOutput>;
