import { halfWidth } from '../half-width.ts';

/** The words of a list that may have been pasted with commas and spaces between. */
export function separateWords(values: readonly string[]): string[] {
  return [
    ...new Set(values.flatMap((value) => halfWidth(value).split(/[\s,;]+/)).filter((word) => word !== '')),
  ];
}
