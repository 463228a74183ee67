import { number } from '../numbers.ts';

/** `1 order`, `2,000 orders` */
export function countWords(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `AAPL, MSFT, 3 more`: the first of many names. */
export function firstNames(names: readonly string[], most: number): string {
  const others = names.length - most;
  return [...names.slice(0, most), ...(others > 0 ? [`${others} more`] : [])].join(', ');
}
