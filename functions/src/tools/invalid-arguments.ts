/** Turns what zod found into one sentence per argument: which one, what came, what is accepted. */
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { JsonObjectSchema, Tool } from './tool.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

const SHOWN_LENGTH = 80;

/** The error for arguments that a tool does not take. */
export function invalidArguments(tool: Tool, args: Record<string, unknown>, error: z.ZodError): GatewayError {
  const sentences = new Set(error.issues.map((issue) => sentence(tool.inputSchema, args, issue)));
  return new GatewayError(
    'invalid_arguments',
    [...sentences].join('; '),
    `Correct the arguments of ${tool.name} and call it again. Nothing was done.`,
  );
}

function sentence(schema: JsonObjectSchema, args: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const accepted = Object.keys(schema.properties ?? {});
    const known = accepted.length === 0 ? 'this tool takes none' : `accepted are ${accepted.join(', ')}`;
    return `unknown argument ${issue.keys.map((key) => shown(key)).join(', ')}: ${known}`;
  }
  const [field] = issue.path;
  if (typeof field !== 'string') return issue.message;
  const accepted = describe(schema.properties?.[field], issue);
  return args[field] === undefined
    ? `"${field}" is required: ${accepted}`
    : `"${field}" is ${shown(args[field])}: accepted is ${accepted}`;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_LENGTH ? `${json.slice(0, SHOWN_LENGTH)}…` : json;
}

/** What a property accepts, in words; a refinement's own message says it best where there is one. */
function describe(schema: JsonSchema | boolean | undefined, issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  if (typeof schema !== 'object') return issue.message;
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  const bounds = [
    ...bound('above', schema.exclusiveMinimum),
    ...bound('at least', schema.minimum),
    ...bound('at most', schema.maximum),
  ].join(' and ');
  if (schema.type === 'number') return `a number ${bounds}`.trim();
  if (schema.type === 'integer') return `a whole number ${bounds}`.trim();
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'string') return `text of at most ${schema.maxLength ?? 'any'} characters`;
  return issue.message;
}

function bound(word: string, limit: unknown): string[] {
  return typeof limit !== 'number' || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? [] : [`${word} ${limit}`];
}
