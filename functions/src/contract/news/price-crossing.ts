/** `price.crossed`: what apps are told that had a price watched. Their owners see it nowhere but there. */
import { z } from 'zod';
import { time } from '../answer-parts.ts';

export const PRICE_CROSSED = 'price.crossed';

export const PRICE_DIRECTIONS = ['above', 'below'] as const;

export const priceCrossed = z.strictObject({
  /** The same however often it is told, by whichever way. */
  id: z.string(),
  /** When it was seen. */
  at: time,
  connectionId: z.string(),
  type: z.literal(PRICE_CROSSED),
  symbol: z.string(),
  conid: z.number().int(),
  /** The level that was asked for. */
  price: z.number(),
  direction: z.enum(PRICE_DIRECTIONS),
  /** What was traded at then. */
  last: z.number(),
});
export type PriceCrossed = z.output<typeof priceCrossed>;
