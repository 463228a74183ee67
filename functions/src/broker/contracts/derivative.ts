/** What sets an option or a future apart from others on the same underlying. */

import { z } from 'zod';
import { isoDate } from '../wire/times.ts';
import {
  optional,
  optionalConid,
  optionalDecimal,
  optionalFactor,
  optionalText,
} from '../wire/wire-fields.ts';

export interface Derivative {
  /** ISO date. */
  expiry: string | null;
  /** Of options. */
  strike: number | null;
  right: 'call' | 'put' | null;
  /** Units of the underlying per contract, 100 for US stock options. */
  multiplier: number | null;
  underlyingConid: number | null;
  /** `SPXW` of some options on the SPX; where it was looked up. */
  tradingClass?: string | null;
}

const DERIVATIVES: ReadonlySet<string> = new Set(['OPT', 'FOP', 'FUT', 'WAR', 'IOPT']);

/** Whether an asset class is one of derivatives. */
export function isDerivative(assetClass: string | null): boolean {
  return assetClass !== null && DERIVATIVES.has(assetClass);
}

/** The fields of IBKR's definitions and positions that tell a derivative. */
export const derivativeFields = z.object({
  expiry: optional(isoDate),
  strike: optionalDecimal,
  putOrCall: optionalText,
  multiplier: optionalFactor,
  undConid: optionalConid,
});

/** Null for asset classes that are none: IBKR fills the fields with nulls and zeros there. */
export function derivativeOf(
  assetClass: string | null,
  row: z.output<typeof derivativeFields>,
): Derivative | null {
  if (!isDerivative(assetClass)) return null;
  return {
    expiry: row.expiry,
    strike: row.strike || null,
    right: row.putOrCall === 'C' ? 'call' : row.putOrCall === 'P' ? 'put' : null,
    multiplier: row.multiplier,
    underlyingConid: row.undConid,
  };
}

/** The trading class in IBKR's description of an option: `SPXW` of `SPX JUN2026 6000 C [SPXW  260618C06000000 100]`. */
export function tradingClassIn(description: string | null): string | null {
  return /\[([A-Z0-9]{1,6}) *\d{6}[CP]\d{8}\b/.exec(description ?? '')?.[1] ?? null;
}

/** Long enough after the day that it is over in every time zone. */
const EXPIRED_AFTER_MS = 36 * 60 * 60_000;

/** Whether a contract of that expiry (ISO date) is certainly over. */
export function hasExpired(expiry: string | null | undefined, now: Date): boolean {
  return expiry != null && Date.parse(expiry) + EXPIRED_AFTER_MS < now.getTime();
}

/** Options and options on futures, which are written rather than sold short. */
export function isOption(assetClass: string): boolean {
  return assetClass === 'OPT' || assetClass === 'FOP';
}
