/** `1 order`, `2 orders` */
export function countWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `AAPL, MSFT, 3 more`: the first of many names. */
export function firstNames(names: readonly string[], most: number): string {
  const others = names.length - most;
  return [...names.slice(0, most), ...(others > 0 ? [`${others} more`] : [])].join(', ');
}
