/** From a tool's input schema to the fields of a form, and from what is typed into them to arguments. */

import type { JsonSchema } from '@ibkr-gateway/functions/contract/site';
import { typedAmount } from '../../format/typed-amount.ts';

/** One argument, or a part of one. */
export type Field = FieldLabel & FieldKind;

interface FieldLabel {
  name: string;
  description: string;
  isRequired: boolean;
}

type FieldKind =
  | { kind: 'choice'; options: string[] }
  | { kind: 'flag' }
  | { kind: 'number'; isInteger: boolean }
  | { kind: 'text' }
  /** Text that is a number or a boolean where it reads as one. */
  | { kind: 'scalar' }
  | { kind: 'list'; item: Field }
  | { kind: 'group'; fields: Field[] }
  /** What no other kind covers, written as JSON. */
  | { kind: 'json' };

/** What is typed into a field so far; undefined where nothing is. */
export type Draft = string | boolean | Draft[] | { [name: string]: Draft } | undefined;

/** The fields of a tool's arguments. */
export function fieldsOf({ properties = {}, required = [] }: JsonSchema): Field[] {
  return Object.entries(properties).map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
}

function fieldOf(name: string, schema: JsonSchema, isRequired: boolean): Field {
  return { name, description: schema.description ?? '', isRequired, ...kindOf(schema) };
}

function kindOf(schema: JsonSchema): FieldKind {
  const options = schema.const === undefined ? schema.enum : [schema.const];
  if (options?.every((option) => typeof option === 'string')) return { kind: 'choice', options };
  const types = typesOf(schema);
  if (types.length > 1) {
    return types.every((type) => SCALARS.includes(type)) ? { kind: 'scalar' } : { kind: 'json' };
  }
  switch (types[0]) {
    case 'string':
      return { kind: 'text' };
    case 'number':
    case 'integer':
      return { kind: 'number', isInteger: types[0] === 'integer' };
    case 'boolean':
      return { kind: 'flag' };
    case 'array':
      return schema.items === undefined
        ? { kind: 'json' }
        : { kind: 'list', item: fieldOf('', schema.items, true) };
    case 'object':
      return schema.properties === undefined ? { kind: 'json' } : { kind: 'group', fields: fieldsOf(schema) };
    default:
      return { kind: 'json' };
  }
}

const SCALARS = ['string', 'number', 'integer', 'boolean'];

/** The types a value may have. Null is not offered: to leave an argument out says the same. */
function typesOf({ type = [], anyOf = [] }: JsonSchema): string[] {
  const own = typeof type === 'string' ? [type] : type;
  const types = [...own, ...anyOf.flatMap((alternative) => typesOf(alternative))];
  return [...new Set(types)].filter((name) => name !== 'null');
}

/** What was typed, as arguments, or what is wrong with it by the path of the field (`legs.0.ratio`). */
export type ReadDraft =
  | { args: Record<string, unknown>; problems: null }
  | { args: null; problems: Record<string, string> };

/** Reads a form. What was left empty is left out. */
export function readDraft(fields: Field[], draft: Record<string, Draft>): ReadDraft {
  const problems: Record<string, string> = {};
  const args = readGroup(fields, draft, '', (path, problem) => {
    problems[path] = problem;
  });
  return Object.keys(problems).length > 0 ? { args: null, problems } : { args: args ?? {}, problems: null };
}

type Report = (path: string, problem: string) => void;

function readGroup(
  fields: Field[],
  draft: Draft,
  path: string,
  report: Report,
): Record<string, unknown> | undefined {
  const typed = typeof draft === 'object' && !Array.isArray(draft) ? draft : {};
  const values = fields.flatMap((field) => {
    const value = readField(field, typed[field.name], path + field.name, report);
    return value === undefined ? [] : [[field.name, value] as const];
  });
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

function readField(field: Field, draft: Draft, path: string, report: Report): unknown {
  const value = readValue(field, draft, path, report);
  if (value === undefined && field.isRequired) report(path, 'This is needed.');
  return value;
}

function readValue(field: Field, draft: Draft, path: string, report: Report): unknown {
  switch (field.kind) {
    case 'flag':
      return draft === true || (field.isRequired ? false : undefined);
    case 'list': {
      const items = Array.isArray(draft) ? draft : [];
      const values = items.map((item, index) => readField(field.item, item, `${path}.${index}`, report));
      return values.length === 0 ? undefined : values;
    }
    case 'group': {
      // The parts of a group are needed only once the group is begun.
      const isBegun = field.isRequired || !isEmpty(draft);
      return isBegun ? readGroup(field.fields, draft, `${path}.`, report) : undefined;
    }
    default: {
      const text = typeof draft === 'string' ? draft.trim() : '';
      return text === '' ? undefined : readText(field, text, path, report);
    }
  }
}

function readText(field: Field, text: string, path: string, report: Report): unknown {
  switch (field.kind) {
    case 'number':
      return readNumber(text, field.isInteger, path, report);
    case 'scalar':
      return readScalar(text);
    case 'json':
      return readJson(text, path, report);
    default:
      return text;
  }
}

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)$/;

function readNumber(text: string, isInteger: boolean, path: string, report: Report): number {
  const value = numberOf(text);
  if (value === null) report(path, 'Write a number, such as 12 or 0.5.');
  else if (isInteger && !Number.isInteger(value)) report(path, 'Write a whole number.');
  return value ?? Number.NaN;
}

/** What is written as in JSON is that, whatever else it may mean: `1.125` is a price. */
function numberOf(text: string): number | null {
  return NUMERAL.test(text) ? Number(text) : typedAmount(text);
}

function readScalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return NUMERAL.test(text) ? Number(text) : text;
}

function readJson(text: string, path: string, report: Report): unknown {
  try {
    return JSON.parse(text);
  } catch {
    report(path, 'This is not JSON.');
    return text;
  }
}

function isEmpty(draft: Draft): boolean {
  if (typeof draft === 'object') return Object.values(draft).every(isEmpty);
  return draft === undefined || draft === '' || draft === false;
}
