/** `GET /api/news`: what happened that a person wants to hear of, without having asked. */
import { z } from 'zod';
import { listOf, time } from './answer-parts.ts';

export const ORDER_NEWS = [
  /** It waits for its owner: for a yes, or for an answer to IBKR's question. */
  'order.waiting',
  'order.filled',
  'order.partly_filled',
  /** IBKR did not take it. */
  'order.refused',
  /** It was sent, and whether IBKR has it is not known. */
  'order.unknown',
  /** What was not known is known again: IBKR has it, or had it. */
  'order.found',
] as const;
export type OrderNewsType = (typeof ORDER_NEWS)[number];

export const NEWS_TYPES = [...ORDER_NEWS] as const;
export type NewsType = (typeof NEWS_TYPES)[number];

const news = z.strictObject({
  /** The same however often it is told, by whichever way. */
  id: z.string(),
  type: z.enum(ORDER_NEWS),
  at: time,
  connectionId: z.string(),
  /** The order that it is about, `GET /intents/:id`. */
  intentId: z.string(),
  /** In words. */
  order: z.string(),
  /** What had filled by then; null: nothing that is known. */
  filledQuantity: z.number().nullable(),
  averagePrice: z.number().nullable(),
  /** Why, where IBKR said it. */
  reason: z.string().nullable(),
});
export type News = z.output<typeof news>;

export const newsList = listOf(news);
export type NewsList = z.output<typeof newsList>;
