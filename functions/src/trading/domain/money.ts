import { z } from 'zod';

/** Money in hundredths of its currency, always whole, so that sums are exact. */
export type Cents = number & z.core.$brand<'Cents'>;

export const NO_CENTS = 0 as Cents;

/**
 * The cents of an amount, half a cent up. Amounts are products of binary fractions, whose error lies beyond the fifteenth
 * digit.
 */
export function centsOf(amount: number): Cents {
  return Math.round(Number((amount * 100).toPrecision(15))) as Cents;
}

/** The amount that cents are, in units of its currency, as answers and the database have it. */
export function amountOf(cents: Cents): number {
  return cents / 100;
}

export function sumOf(cents: readonly Cents[]): Cents {
  return cents.reduce((sum, each) => sum + each, 0) as Cents;
}

export function difference(cents: Cents, less: Cents): Cents {
  return (cents - less) as Cents;
}

export function larger(one: Cents, other: Cents): Cents {
  return Math.max(one, other) as Cents;
}

/** Cents that the database holds as an amount. */
export const storedCents = z.codec(z.number(), z.int().brand('Cents'), {
  decode: centsOf,
  encode: (cents) => amountOf(cents as Cents),
});
