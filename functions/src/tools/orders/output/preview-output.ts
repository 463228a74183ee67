/** How tools show what an order would cost and change. */
import { z } from 'zod';
import { type OrderPreview, previewOrder } from '../../../broker/orders/order-preview.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { OrderedContract, ProposedOrder } from '../../../trading/domain/order.ts';
import type { GatheredFacts, JudgingQuote } from '../../../trading/engine/risk-inputs.ts';
import { contractUnit, priceUnitOutput } from '../../market/price-unit-output.ts';
import { snakeCased } from '../../snake-case.ts';

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

export const previewOutput = z.strictObject({
  amount: money,
  commission: money.describe('amount is null where IBKR gives a range, from min to max.'),
  total: money,
  currency: z.string().nullable().describe('Of equity and margins.'),
  equity: change,
  initial_margin: change,
  maintenance_margin: change,
  position: change,
  warnings: z.array(z.strictObject({ id: z.string().nullable(), text: z.string() })),
  max_loss: z
    .union([amount, z.literal('unlimited')])
    .nullable()
    .describe('The most a combo can lose, commissions left out. Tell the user.'),
  refusal: z.string().nullable().describe('Why IBKR would refuse the order.'),
  quote: z
    .strictObject({
      last: z.number().nullable(),
      bid: z.number().nullable(),
      ask: z.number().nullable(),
      availability: z.string(),
      as_of: z.string().nullable(),
      age_seconds: z.number().nullable(),
      halted: z.boolean().describe('Trading is halted: the price is from before. Tell the user.'),
      price_unit: priceUnitOutput,
    })
    .describe('Of a combo: of its legs together.'),
});

export type OrderPreviewOutput = z.output<typeof previewOutput>;

/** IBKR's own what-if of an order, with the quote it was judged by. */
export async function preview(
  { ibkr }: ToolContext,
  { accountId, contract, ticket }: ProposedOrder,
  { quote, maxLoss }: Pick<GatheredFacts, 'quote' | 'maxLoss'>,
): Promise<OrderPreviewOutput> {
  const found: OrderPreview = await previewOrder(ibkr, accountId, { ...ticket, clientOrderId: 'preview' });
  return {
    ...snakeCased(found),
    max_loss: typeof maxLoss === 'number' ? { amount: maxLoss, currency: contract.currency } : maxLoss,
    warnings: [...haltWarnings(contract, quote), ...found.warnings],
    quote: { ...shownQuote(quote), price_unit: contractUnit(contract) },
  };
}

/** Of two orders of which one cancels the other: the first, with what IBKR has against either. */
export function pairPreview(first: OrderPreviewOutput, second: OrderPreviewOutput): OrderPreviewOutput {
  const others = second.warnings.filter(({ id }) => first.warnings.every((warning) => warning.id !== id));
  return {
    ...first,
    warnings: [...first.warnings, ...others],
    refusal: first.refusal ?? second.refusal,
  };
}

function haltWarnings({ symbol }: OrderedContract, { halted }: JudgingQuote) {
  const text = `Trading in ${symbol} is halted: the prices are from before, and the order fills, if at all, at what they are when trading goes on.`;
  return halted ? [{ id: null, text }] : [];
}

function shownQuote({ last, bid, ask, availability, asOf, halted }: JudgingQuote) {
  const age = asOf === null ? null : Math.max(0, Math.round((Date.now() - Date.parse(asOf)) / 1000));
  return { last, bid, ask, availability, as_of: asOf, age_seconds: age, halted };
}
