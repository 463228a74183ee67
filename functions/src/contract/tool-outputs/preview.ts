/** What IBKR says that an order would cost and change, as tools and pages show it. */
import { z } from 'zod';
import { priceUnitOutput } from './parts.ts';

const amount = z.strictObject({ amount: z.number(), currency: z.string().nullable() });

/** What is left out of it IBKR did not state: `min` and `max` are there for ranges only. */
const money = z
  .strictObject({
    amount: z.number().nullable(),
    min: z.number().optional(),
    max: z.number().optional(),
    approximate: z.literal(true).optional(),
    currency: z.string().nullable(),
  })
  .nullable();

const bounds = z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional();

const change = z.strictObject({
  current: z.number().nullable(),
  change: z.number().nullable(),
  after: z.number().nullable(),
  approximate: z.literal(true).optional(),
  ranges: z.strictObject({ current: bounds, change: bounds, after: bounds }).optional(),
});

/** A question or remark of IBKR's about an order. */
export const orderWarning = z.strictObject({ id: z.string().nullable(), text: z.string() });
export type OrderWarning = z.output<typeof orderWarning>;

export const orderPreview = z.strictObject({
  amount: money,
  commission: money.describe('amount is null where IBKR gives a range, from min to max.'),
  you_pay: money.optional().describe('With commission; of a future, which is not paid for, neither.'),
  you_receive: money.optional().describe('Less commission.'),
  currency: z.string().nullable().describe('Of equity and margins.'),
  equity: change,
  initial_margin: change,
  maintenance_margin: change,
  position: change,
  warnings: z.array(orderWarning),
  max_loss: z
    .union([amount, z.literal('unlimited')])
    .nullable()
    .describe('The most a combo can lose, commissions left out.'),
  refusal: z.string().nullable().describe('Why IBKR would refuse the order.'),
  quote: z
    .strictObject({
      last: z.number().nullable(),
      bid: z.number().nullable(),
      ask: z.number().nullable(),
      availability: z.string(),
      as_of: z.string().nullable(),
      age_seconds: z.number().nullable(),
      halted: z.boolean().describe('Trading is halted: the price is from before.'),
      price_unit: priceUnitOutput,
    })
    .describe('Of a combo: of its legs together.'),
});

export type OrderPreview = z.output<typeof orderPreview>;
export type StatedMoney = NonNullable<OrderPreview['amount']>;
/** The quote that an order was judged by. */
export type PreviewQuote = OrderPreview['quote'];
export type MarginChange = OrderPreview['initial_margin'];
