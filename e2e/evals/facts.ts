/** What answers of tools say, looked for wherever it stands in them. */
import { unpacked } from '../../functions/src/testing/unpacked.ts';

/** A field that has to be there and known; or what it has to be, to match, or to be at least. */
export type Fact = string | readonly [field: string, value: string | number | boolean | RegExp];

/** The facts that no answer holds. */
export function missingFacts(answers: readonly object[], facts: readonly Fact[]): Fact[] {
  const fields = answers.flatMap((answer) => fieldsIn(unpacked(answer)));
  return facts.filter((fact) => !fields.some(([name, value]) => holds(fact, name, value)));
}

function holds(fact: Fact, name: string, value: unknown): boolean {
  if (typeof fact === 'string') return name === fact && value !== null && value !== undefined;
  const [field, wanted] = fact;
  return name === field && (wanted instanceof RegExp ? wanted.test(String(value)) : value === wanted);
}

function fieldsIn(value: unknown): [name: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap(fieldsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]): [string, unknown][] => [
    [name, field],
    ...fieldsIn(field),
  ]);
}
