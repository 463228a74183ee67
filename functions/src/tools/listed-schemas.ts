/**
 * A tool's schemas as `tools/list` shows them. A model reads them in every chat, so they say what an argument is and leave
 * out what only refuses slips: what a call really takes, and the words for what it does not, come from the tool's own
 * schema.
 */
import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;
export type JsonObjectSchema = JsonSchema & { type: 'object' };

/** Beyond these a bound says nothing that a model would think of. */
const LEAST_SAID = 1;
const MOST_SAID = 10_000;

/** The whole of a schema, as JSON Schema 2020-12. */
export function wholeSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObjectSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  return { ...json, type: 'object' };
}

/** Arguments: names, types, choices, defaults and descriptions. */
export function listedInput(whole: JsonObjectSchema): JsonObjectSchema {
  return { ...withoutNoise(whole), type: 'object' };
}

function withoutNoise(schema: JsonSchema): JsonSchema {
  const { type, description, minimum, maximum, items, properties, required, anyOf } = schema;
  return {
    ...(type === undefined ? {} : { type }),
    ...(schema.enum === undefined ? {} : { enum: schema.enum }),
    ...(schema.const === undefined ? {} : { const: schema.const }),
    ...(minimum !== undefined && minimum > LEAST_SAID ? { minimum } : {}),
    ...(maximum !== undefined && maximum < MOST_SAID ? { maximum } : {}),
    // Most switches are off until somebody turns them on.
    ...(schema.default === undefined || schema.default === false ? {} : { default: schema.default }),
    ...(description === undefined ? {} : { description }),
    ...(properties === undefined ? {} : { properties: mapped(properties, withoutNoise) }),
    ...(items === undefined ? {} : { items: withoutNoise(Object(items)) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map((one) => withoutNoise(Object(one))) }),
    ...(required === undefined || required.length === 0 ? {} : { required }),
  };
}

/** The same arguments where another tool of the list describes them already. */
export function namesOnly(listed: JsonObjectSchema): JsonObjectSchema {
  return { ...listed, properties: mapped(listed.properties ?? {}, typeOnly) };
}

function typeOnly({ type, anyOf }: JsonSchema): JsonSchema {
  return type === undefined ? (anyOf === undefined ? {} : { anyOf: anyOf.map(Object) }) : { type };
}

/**
 * What `structuredContent` holds, one level deep: the result, or `{error}`, since some clients hold a failed call's answer
 * against the schema too. Nothing is required, so that it admits both.
 */
export function listedOutput(whole: JsonObjectSchema): JsonObjectSchema {
  return {
    type: 'object',
    properties: { ...mapped(whole.properties ?? {}, outermost), error: { type: 'object' } },
  };
}

function outermost({ type, anyOf, columns }: JsonSchema & { columns?: unknown }): JsonSchema {
  if (Array.isArray(columns)) return { type: 'object', description: `columns ${columns.join(', ')}; rows` };
  const types = type === undefined ? (anyOf ?? []).flatMap((one) => Object(one).type ?? []) : [type].flat();
  const [only, ...others] = [...new Set(types)];
  if (only === undefined) return {};
  return { type: others.length === 0 ? only : [only, ...others] } as JsonSchema;
}

function mapped(
  properties: NonNullable<JsonSchema['properties']>,
  change: (schema: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, change(Object(schema))]),
  );
}
