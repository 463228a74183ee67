import type { Limits } from './limits.ts';

/** What a limit is called where it is told to people and models, as of its setting: `Short sales` is `off`. */
export const LIMIT_NAMES: Readonly<Record<keyof Limits, string>> = {
  trading: 'Trading',
  maxOrderValue: 'Most per order',
  maxDailyValue: 'Most per day',
  maxDailyOrders: 'Orders per day',
  symbols: 'Only these symbols',
  assetClasses: 'Only these kinds',
  shortSelling: 'Short sales',
  optionsWriting: 'Writing options',
  priceCollarPercent: 'Prices near the market',
  maxQuoteAgeSeconds: 'Fresh prices only',
  regularHoursOnly: 'Regular hours only',
  othersOrders: 'Orders it did not place',
};
