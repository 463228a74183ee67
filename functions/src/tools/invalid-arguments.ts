/** Turns what zod found into one sentence per argument: which one, what came, what is accepted. */
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { JsonObjectSchema } from './listed-schemas.ts';
import type { Tool } from './tool.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

const SHOWN_LENGTH = 80;

/** The error for arguments that a tool does not take. */
export function invalidArguments(tool: Tool, args: Record<string, unknown>, error: z.ZodError): GatewayError {
  const sentences = new Set(error.issues.map((issue) => sentence(tool.acceptedSchema, args, issue)));
  return new GatewayError(
    'invalid_arguments',
    [...sentences].map((words) => (words.endsWith('.') ? words : `${words}.`)).join(' '),
    `Correct the arguments of ${tool.name} and call it again. Nothing was done.`,
  );
}

function sentence(schema: JsonObjectSchema, args: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const accepted = Object.keys(schemaAt(schema, issue.path)?.properties ?? {});
    const known = accepted.length === 0 ? 'this tool takes none' : `accepted are ${accepted.join(', ')}`;
    return `unknown argument ${issue.keys.map((key) => quoteValue(key)).join(', ')}: ${known}`;
  }
  if (issue.path.length === 0) return issue.message;
  const field = issue.path.map(String).join('.');
  const given = issue.path.reduce<unknown>((value, key) => Object(value)[key], args);
  const accepted = describe(schemaAt(schema, issue.path), issue);
  if (given === undefined) return `"${field}" is required: ${accepted}`;
  return `"${field}" is ${quoteValue(given)}: ${issue.code === 'custom' ? accepted : `accepted is ${accepted}`}`;
}

/** The schema of one argument, or of one inside it. */
function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((outer, key) => {
    const inner = typeof key === 'number' ? outer?.items : outer?.properties?.[String(key)];
    return typeof inner === 'object' && !Array.isArray(inner) ? inner : undefined;
  }, schema);
}

function quoteValue(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_LENGTH ? `${json.slice(0, SHOWN_LENGTH)}…` : json;
}

/** What a property accepts, in words; a refinement's own message says it best where there is one. */
function describe(schema: JsonSchema | undefined, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  if (schema === undefined) return issue.message;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  const bounds = [
    ...bound('above', schema.exclusiveMinimum),
    ...bound('at least', schema.minimum),
    ...bound('at most', schema.maximum),
  ].join(' and ');
  if (schema.type === 'number') return `a number ${bounds}`.trim();
  if (schema.type === 'integer') return `a whole number ${bounds}`.trim();
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string')
    return schema.maxLength === undefined ? 'text' : `text of at most ${schema.maxLength} characters`;
  if (schema.type === 'array')
    return `a list of ${schema.minItems ?? 0} to ${schema.maxItems ?? 'any number of'} items`;
  if (schema.type === 'object') return `an object of ${Object.keys(schema.properties ?? {}).join(', ')}`;
  return issue.message;
}

function bound(word: string, limit: unknown): string[] {
  return typeof limit !== 'number' || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? [] : [`${word} ${limit}`];
}
