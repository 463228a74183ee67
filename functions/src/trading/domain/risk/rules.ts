/** What an owner allows: limits and who has to say yes, for a connection and narrower for one app or key. */
import { z } from 'zod';
import { namedByBoth } from '../../../broker/contracts/symbols.ts';
import { APPROVAL_MODES, type ApprovalMode } from '../../../store/stored-fields.ts';

export { APPROVAL_MODES, type ApprovalMode };

const amount = z.number().positive().max(1e12);

/** IBKR's codes for the kinds of instruments, as it gives them of contracts and positions. */
const ASSET_CLASSES = 'STK OPT FUT FOP CASH BOND BILL FUND WAR IOPT CFD CRYPTO CMDTY PDC PHYSS'.split(' ');

const assetClass = z
  .string()
  .trim()
  .toUpperCase()
  .refine((code) => ASSET_CLASSES.includes(code), {
    error: ({ input }) => `"${input}" is no asset class of IBKR; it knows ${ASSET_CLASSES.join(', ')}`,
  });

/** Money is in the account's base currency. What is absent does not limit. */
export const limitsSchema = z.strictObject({
  /** False refuses every order. */
  trading: z.boolean().optional(),
  /** Of the value that `worthOf` tells; what may lose without limit is above it. */
  maxOrderValue: amount.optional(),
  maxDailyValue: amount.optional(),
  /** Exits included; changes are none. */
  maxDailyOrders: z.number().int().nonnegative().max(100_000).optional(),
  /** Tickers that may be traded, in any spelling, of derivatives that of the underlying; all when absent. */
  symbols: z.array(z.string().trim().min(1).max(40).toUpperCase()).max(500).optional(),
  /** Which may be traded, a combo if all its legs may; all when absent. */
  assetClasses: z.array(assetClass).max(20).optional(),
  /** False refuses sales of more than is held. */
  shortSelling: z.boolean().optional(),
  /**
   * False refuses sales of options that are not held, also as legs of a combo that another leg covers: that one can
   * be sold alone later.
   */
  optionsWriting: z.boolean().optional(),
  /**
   * How far a limit price may be from the last price, of a combo from the middle of its legs' quotes, in percent; and a
   * stop that the market has passed. Of exits and changes, see `collaredPrices`.
   */
  priceCollarPercent: z.number().positive().max(1000).optional(),
  /** How old the quote may be that an order is judged by; that of a halted instrument is too old. */
  maxQuoteAgeSeconds: z.number().positive().max(86_400).optional(),
  /** True refuses orders outside the regular hours of the exchange, and orders that may fill there. */
  regularHoursOnly: z.boolean().optional(),
});
export type Limits = z.output<typeof limitsSchema>;

/** Limits as they are stored: those of before codes were checked may hold one that allows nothing. */
export const storedLimits = limitsSchema.extend({
  assetClasses: z.array(z.string().toUpperCase()).optional(),
});

/** Limits that hold for an order: the connection's for all of its orders, the app's for the app's own. */
export interface LimitsInForce {
  connection: Limits;
  app: Limits;
}

/** The limits that hold when both sets do. */
export function narrower(one: Limits, other: Limits): Limits {
  const least = (name: NumberLimit) => smallest(one[name], other[name]);
  const both = (name: 'trading' | 'shortSelling' | 'optionsWriting') =>
    one[name] === false || other[name] === false ? false : undefined;
  return withoutAbsent({
    trading: both('trading'),
    maxOrderValue: least('maxOrderValue'),
    maxDailyValue: least('maxDailyValue'),
    maxDailyOrders: least('maxDailyOrders'),
    symbols:
      one.symbols && other.symbols ? namedByBoth(one.symbols, other.symbols) : (one.symbols ?? other.symbols),
    assetClasses: common(one.assetClasses, other.assetClasses),
    shortSelling: both('shortSelling'),
    optionsWriting: both('optionsWriting'),
    priceCollarPercent: least('priceCollarPercent'),
    maxQuoteAgeSeconds: least('maxQuoteAgeSeconds'),
    regularHoursOnly: one.regularHoursOnly || other.regularHoursOnly ? true : undefined,
  });
}

type NumberLimit = {
  [Name in keyof Limits]-?: NonNullable<Limits[Name]> extends number ? Name : never;
}[keyof Limits];

function smallest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

function common(one: string[] | undefined, other: string[] | undefined): string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((value) => other.includes(value));
}

function withoutAbsent(limits: { [Name in keyof Limits]: Limits[Name] | undefined }): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** The stricter of two modes. */
export function stricter(one: ApprovalMode, other: ApprovalMode): ApprovalMode {
  return APPROVAL_MODES.indexOf(one) >= APPROVAL_MODES.indexOf(other) ? one : other;
}
