/**
 * An amount of money to the cent, half a cent up. Amounts are multiplied and added as binary fractions, whose error lies
 * beyond the fifteenth digit: cents that are rounded again after every sum are exact.
 */
export function toCents(amount: number): number {
  return Math.round(Number((amount * 100).toPrecision(15))) / 100;
}
