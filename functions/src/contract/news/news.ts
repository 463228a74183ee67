/** `GET /api/news`: what happened that a person wants to hear of, without having asked. */
import { z } from 'zod';
import { listOf, time } from '../answer-parts.ts';
import { SCOPES } from '../rules/scope.ts';
import { SESSION_STATES } from '../session-states.ts';

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

export const SESSION_NEWS = [
  /** It does not open by itself any more: its owner has to sign in, or to correct something. */
  'session.needs_person',
  'session.restored',
] as const;

export const STOP_NEWS = [
  /** Trading was stopped, and orders are being cancelled. */
  'trading.stopped',
  /** Orders may still be working: after two minutes, or again after none was left. */
  'trading.stop_unfinished',
] as const;

export const APP_NEWS = ['app.connected', 'app.revoked'] as const;

export const NEWS_TYPES = [
  ...ORDER_NEWS,
  ...SESSION_NEWS,
  ...STOP_NEWS,
  ...APP_NEWS,
  /** An API key was used from a network that it was not used from before. */
  'key.new_place',
  /** A limit of the owner's kept an order of an app or a key back, for the first time that day. */
  'limit.reached',
] as const;
export type NewsType = (typeof NEWS_TYPES)[number];

/** What is told of each kind of news, besides what is told of all. */
export const newsDetails = {
  session: { type: z.enum(SESSION_NEWS), /** How it stands. */ state: z.enum(SESSION_STATES) },
  stop: {
    type: z.enum(STOP_NEWS),
    /** Orders that are not over; null: that is not known of every account. */
    remaining: z.number().int().nullable(),
  },
  app: {
    type: z.enum(APP_NEWS),
    name: z.string(),
    scope: z.enum(SCOPES),
    /** Whether it was revoked because a code or a token of it was used twice. */
    isReplayed: z.boolean(),
  },
  key: { type: z.literal('key.new_place'), label: z.string(), address: z.string() },
  limit: {
    type: z.literal('limit.reached'),
    /** Of the app or key. */
    name: z.string(),
    reason: z.string(),
  },
} as const;

const told = {
  /** The same however often it is told, by whichever way. */
  id: z.string(),
  at: time,
  connectionId: z.string(),
};

const orderNews = z.strictObject({
  ...told,
  type: z.enum(ORDER_NEWS),
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

const sessionNews = z.strictObject({ ...told, ...newsDetails.session });
const stopNews = z.strictObject({ ...told, ...newsDetails.stop });

/** News that apps are told of, who ask for it by its type, and what it tells. */
export const APP_NEWS_SCHEMAS = {
  'order.waiting': orderNews,
  'order.filled': orderNews,
  'order.partly_filled': orderNews,
  'order.refused': orderNews,
  'order.unknown': orderNews,
  'session.needs_person': sessionNews,
  'session.restored': sessionNews,
  'trading.stopped': stopNews,
} as const satisfies Partial<Record<NewsType, z.ZodType>>;
export type AppNewsType = keyof typeof APP_NEWS_SCHEMAS;

const news = z.discriminatedUnion('type', [
  orderNews,
  sessionNews,
  stopNews,
  z.strictObject({ ...told, ...newsDetails.app }),
  z.strictObject({ ...told, ...newsDetails.key }),
  z.strictObject({ ...told, ...newsDetails.limit }),
]);
export type News = z.output<typeof news>;

export const newsList = listOf(news);
export type NewsList = z.output<typeof newsList>;
