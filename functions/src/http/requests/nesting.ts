/** Nothing that is asked for here is nested this deep, and what reads it goes as deep as it is. */
export const MOST_LEVELS = 64;

/** Whether a value of JSON is nested deeper than anything that is asked for. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth++) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}
