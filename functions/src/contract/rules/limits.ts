/** What an owner allows: limits, for a connection and narrower for one app or key. */
import { z } from 'zod';
import { ASSET_CLASSES } from './asset-classes.ts';
import {
  MOST_COLLAR_PERCENT,
  MOST_DAILY_ORDERS,
  MOST_MONEY,
  MOST_QUOTE_AGE_SECONDS,
  MOST_SYMBOLS,
} from './bounds.ts';

const amount = z.number().positive().max(MOST_MONEY);

const CODES: readonly string[] = ASSET_CLASSES;

const assetClass = z
  .string()
  .trim()
  .toUpperCase()
  .refine((code) => CODES.includes(code), {
    error: ({ input }) => `"${input}" is no asset class of IBKR; it knows ${CODES.join(', ')}`,
  });

const limits = {
  /** False refuses every order. */
  trading: z.boolean(),
  /** Of the value that `notionalOf` tells; what may lose without limit is above it. */
  maxOrderValue: amount,
  maxDailyValue: amount,
  /** Exits included; changes are none. */
  maxDailyOrders: z.number().int().nonnegative().max(MOST_DAILY_ORDERS),
  /** Tickers that may be traded, in any spelling, of derivatives that of the underlying; all when absent. */
  symbols: z.array(z.string().trim().min(1).max(40).toUpperCase()).max(MOST_SYMBOLS),
  /** Which may be traded, a combo if all its legs may; all when absent. */
  assetClasses: z.array(assetClass).max(20),
  /** False refuses sales of more than is held. */
  shortSelling: z.boolean(),
  /**
   * False refuses sales of options that are not held, also as legs of a combo that another leg covers: that one can
   * be sold alone later.
   */
  optionsWriting: z.boolean(),
  /**
   * How far a limit price may be from the last price, of a combo from the middle of its legs' quotes, in percent; and a
   * stop that the market has passed. Of exits and changes, see `collaredPrices`.
   */
  priceCollarPercent: z.number().positive().max(MOST_COLLAR_PERCENT),
  /** How old the quote may be that an order is judged by; that of a halted instrument is too old. */
  maxQuoteAgeSeconds: z.number().positive().max(MOST_QUOTE_AGE_SECONDS),
  /** True refuses orders outside the regular hours of the exchange, and orders that may fill there. */
  regularHoursOnly: z.boolean(),
  /**
   * Whether orders that it did not place may be cancelled and changed. False refuses both. Where nothing is said, they
   * may not be cancelled by an app whose owner has to say yes to every order; the change of one waits for that yes.
   */
  othersOrders: z.boolean(),
};

/** Money is in the account's base currency. What is absent does not limit. */
export const limitsSchema = z.strictObject(limits).partial();

export type Limits = z.output<typeof limitsSchema>;

type LimitName = keyof typeof limits;

/**
 * What narrows a limit. `bound`: the lower number; `list`, `symbols`: fewer of them, symbols being written in several ways;
 * `permission`: false; `restriction`: true; `choice`: false, and true says more than nothing. How two sets of limits combine
 * follows from it, and what a change makes looser.
 */
export const LIMIT_KINDS = {
  trading: 'permission',
  maxOrderValue: 'bound',
  maxDailyValue: 'bound',
  maxDailyOrders: 'bound',
  symbols: 'symbols',
  assetClasses: 'list',
  shortSelling: 'permission',
  optionsWriting: 'permission',
  priceCollarPercent: 'bound',
  maxQuoteAgeSeconds: 'bound',
  regularHoursOnly: 'restriction',
  othersOrders: 'choice',
} as const satisfies { [Name in LimitName]: KindOf<z.output<(typeof limits)[Name]>> };

type KindOf<Value> = Value extends number
  ? 'bound'
  : Value extends boolean
    ? 'permission' | 'restriction' | 'choice'
    : 'list' | 'symbols';

/** What is absent stays as it is; null takes a limit away. */
export const limitChanges = z
  .strictObject(
    Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, limit.nullable()])) as {
      [Name in LimitName]: z.ZodNullable<(typeof limits)[Name]>;
    },
  )
  .partial();
export type LimitChanges = z.output<typeof limitChanges>;

/** Limits as they are stored and shown: those of before codes were checked may hold one that allows nothing. */
export const storedLimits = limitsSchema.extend({
  assetClasses: z.array(z.string().toUpperCase()).optional(),
});
