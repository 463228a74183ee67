/** How tools show what an order would cost and change. */
import type { z } from 'zod';
import { type OrderPreview, previewOrder } from '../../../broker/orders/order-preview.ts';
import type { ToolContext } from '../../../connections/call-context.ts';
import type { orderPreview as previewOutput } from '../../../contract/tool-outputs/preview.ts';
import type { OrderedContract, ProposedOrder } from '../../../trading/domain/order.ts';
import type { GatheredInputs, JudgingQuote } from '../../../trading/engine/risk-inputs.ts';
import { contractUnit } from '../../market/price-unit-output.ts';
import { toSnakeCase } from '../../snake-case.ts';

export type OrderPreviewOutput = z.output<typeof previewOutput>;

/** IBKR's own what-if of an order, with the quote it was judged by. */
export async function preview(
  { ibkr }: ToolContext,
  { accountId, contract, ticket }: ProposedOrder,
  { quote, maxLoss }: Pick<GatheredInputs, 'quote' | 'maxLoss'>,
): Promise<OrderPreviewOutput> {
  const found: OrderPreview = await previewOrder(ibkr, accountId, { ...ticket, clientOrderId: 'preview' });
  const { total: _, ...told } = toSnakeCase(found);
  return {
    ...told,
    ...settlementOf(found, ticket.side, contract),
    max_loss: typeof maxLoss === 'number' ? { amount: maxLoss, currency: contract.currency } : maxLoss,
    warnings: [...haltWarnings(contract, quote), ...found.warnings],
    quote: { ...shownQuote(quote), price_unit: contractUnit(contract) },
  };
}

/** What changes hands in the end: a sale brings in less than its amount, and a combo bought may bring money in. */
export function settlementOf(
  { amount, commission, total }: Pick<OrderPreview, 'amount' | 'commission' | 'total'>,
  side: 'BUY' | 'SELL',
  { secType }: Pick<OrderedContract, 'secType'>,
): Pick<OrderPreviewOutput, 'you_pay' | 'you_receive'> {
  if (secType === 'FUT' || amount?.amount == null) return {};
  if (commission?.amount == null || amount.currency !== commission.currency) {
    // IBKR adds the two up, which is right of a purchase, and also where it gives a range of one.
    return side === 'BUY' && amount.amount > 0 && total !== null ? { you_pay: total } : {};
  }
  const gross = side === 'SELL' ? amount.amount : -amount.amount;
  const net = Number((gross - commission.amount).toFixed(4));
  const isAbout = amount.approximate === true || commission.approximate === true;
  const money = {
    amount: Math.abs(net),
    ...(isAbout ? { approximate: true as const } : {}),
    currency: amount.currency,
  };
  return net < 0 ? { you_pay: money } : { you_receive: money };
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
