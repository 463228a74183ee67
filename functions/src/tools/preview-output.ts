/** How tools show what an order would cost and change. */
import { z } from 'zod';
import type { Quote } from '../ibkr/market-data.ts';
import { type OrderPreview, previewOrder } from '../ibkr/order-preview.ts';
import type { ProposedOrder } from '../orders/proposed-order.ts';
import type { ToolContext } from './context.ts';
import { snakeCased } from './snake-case.ts';

const money = z.strictObject({ amount: z.number(), currency: z.string().nullable() }).nullable();
const change = z.strictObject({
  current: z.number().nullable(),
  change: z.number().nullable(),
  after: z.number().nullable(),
});

export const previewOutput = z.strictObject({
  amount: money,
  commission: money,
  total: money,
  currency: z.string().nullable().describe('Of equity and margins.'),
  equity: change,
  initial_margin: change,
  maintenance_margin: change,
  position: change,
  warnings: z.array(z.strictObject({ id: z.string().nullable(), text: z.string() })),
  refusal: z.string().nullable().describe('Why IBKR would refuse the order.'),
  quote: z
    .strictObject({
      last: z.number().nullable(),
      bid: z.number().nullable(),
      ask: z.number().nullable(),
      availability: z.string(),
      as_of: z.string().nullable(),
      age_seconds: z.number().nullable(),
    })
    .nullable(),
});

export type OrderPreviewOutput = z.output<typeof previewOutput>;

/** IBKR's own what-if of an order, with the quote it was judged by. */
export async function preview(
  { ibkr }: ToolContext,
  { accountId, ticket }: ProposedOrder,
  quote: Quote | null,
): Promise<OrderPreviewOutput> {
  const found: OrderPreview = await previewOrder(ibkr, accountId, { ...ticket, clientOrderId: 'preview' });
  return { ...snakeCased(found), quote: quote && shownQuote(quote) };
}

function shownQuote({ last, bid, ask, availability, asOf }: Quote) {
  const age = asOf === null ? null : Math.max(0, Math.round((Date.now() - Date.parse(asOf)) / 1000));
  return { last, bid, ask, availability, as_of: asOf, age_seconds: age };
}
