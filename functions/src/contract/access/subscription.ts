/** `GET /api/connections/:id/subscriptions`: where apps and keys have the news of a connection sent. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { NEWS_TYPES } from '../news/news.ts';
import { PRICE_CROSSED } from '../news/price-crossing.ts';

/** What apps may ask for: news, and prices that they have watched. */
export const SUBSCRIBED_TYPES = [...NEWS_TYPES, PRICE_CROSSED] as const;

const subscription = z.strictObject({
  /** The key, or the grant of the app. */
  credentialId: z.string(),
  type: z.enum(SUBSCRIBED_TYPES),
  /** Of the address that it gave; the rest of that is the app's own. */
  host: z.string(),
  /** Unless the app asks again. */
  expiresAt: time,
  /** Since when nothing gets through; null: the last attempt was taken. */
  failingSince: time.nullable(),
});
/** What an app is told of, as it asked for. */
export type Subscription = z.output<typeof subscription>;

export const subscriptionList = listOf(subscription);
export type SubscriptionList = z.output<typeof subscriptionList>;
