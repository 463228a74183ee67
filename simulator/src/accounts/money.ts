/**
 * Money as whole millionths of a currency unit. Integers below 2^53 add and subtract exactly, so cash and
 * cost never drift however many fills there are (up to nine billion units).
 */
export type Micros = number;

const SCALE = 1_000_000;

export function toMicros(amount: number): Micros {
  return Math.round(amount * SCALE);
}

export function fromMicros(micros: Micros): number {
  return micros / SCALE;
}

/** Quantities are kept to four decimals, IBKR's limit for fractional shares. */
export function roundQuantity(quantity: number): number {
  return Math.round(quantity * 10_000) / 10_000;
}
