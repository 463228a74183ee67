/** What a tool is: one object that says what it is called, what it takes and gives, and what it does. */
import { z } from 'zod';
import type { ToolContext } from '../connections/call-context.ts';
import type { Scope } from '../contract/rules/scope.ts';
import type { ToolAnnotations } from '../contract/site.ts';

/** What every tool that only reads says of itself. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

export interface ToolDefinition<Input extends z.ZodType, Output extends z.ZodObject> {
  name: string;
  /** For people, in lists. */
  title: string;
  /** One paragraph, written for a model: when to use it, and what to know of the answer. */
  description: string;
  /** The least a credential must allow. */
  scope: Scope;
  annotations: ToolAnnotations;
  /** A strict object, so that an argument with a slip in its name is refused rather than ignored. */
  input: Input;
  output: Output;
  run(args: z.output<Input>, context: ToolContext): Promise<z.output<Output>>;
}

/** A tool as the registry holds it, its own types behind it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scope: Scope;
  readonly annotations: ToolAnnotations;
  /** JSON Schema 2020-12 of the arguments. */
  readonly inputSchema: JsonObjectSchema;
  /** JSON Schema 2020-12 of `structuredContent`: the result, or `{error}`. */
  readonly outputSchema: JsonObjectSchema;
  readonly input: z.ZodType;
  run(args: unknown, context: ToolContext): Promise<Record<string, unknown>>;
}

export type JsonObjectSchema = z.core.JSONSchema.JSONSchema & { type: 'object' };

/** What is told beside an answer about an account that nobody chose. */
const ACCOUNT_NOTE: JsonObjectSchema['properties'] = {
  account_note: {
    type: 'string',
    description: 'Nobody chose the account that this is about. Tell the user.',
  },
};

/** `PublicError`, in few words: it stands in every tool's schema. */
const ERROR_SCHEMA: JsonObjectSchema = { type: 'object', required: ['code', 'message', 'hint', 'retryable'] };

/** Makes a tool of its definition. `run` of the result expects arguments that `input` has parsed. */
export function defineTool<Input extends z.ZodType, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): Tool {
  return {
    ...definition,
    inputSchema: objectSchema(definition.input, 'input'),
    outputSchema: orError(objectSchema(definition.output, 'output')),
    run: (args, context) => definition.run(args as z.output<Input>, context),
  };
}

function objectSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObjectSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  return { ...json, type: 'object' };
}

/**
 * Some clients hold a failed call's `structuredContent` against the output schema too, so the schema has
 * to admit both. The root stays a plain object with properties, which every host understands.
 */
function orError(success: JsonObjectSchema): JsonObjectSchema {
  const { required = [], properties, ...rest } = success;
  const isOfAccount = properties !== undefined && ('account_id' in properties || 'accounts' in properties);
  return {
    ...rest,
    properties: { ...properties, ...(isOfAccount ? ACCOUNT_NOTE : {}), error: ERROR_SCHEMA },
    anyOf: [{ required }, { required: ['error'] }],
  };
}
