/** The arguments that a caller gave, without those that only say that nothing was given. */

/** How hosts write an optional argument that they leave out: as text, since their forms know nothing else. */
const NO_VALUE: ReadonlySet<string> = new Set(['', 'null', 'undefined', 'None']);

/**
 * Leaves out `null`, empty text, the names that languages have for no value, empty lists and empty objects, at every
 * depth of objects. An object that held something, if only that, stays, for its tool to say what is missing in it: what
 * it is for was meant. Items of a list stay as they are: a list with one item less would be another list.
 */
export function givenArguments(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.entries(args).flatMap(([name, value]): [string, unknown][] => {
    if (isNothing(value)) return [];
    return [[name, isObject(value) ? givenArguments(value) : value]];
  });
  return Object.fromEntries(given);
}

function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return NO_VALUE.has(value.trim());
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
