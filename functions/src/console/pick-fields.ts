import { z } from 'zod';

/**
 * The part of a value that a schema of the contract names, in objects of objects and in lists too: what is stored
 * besides stays here. It checks nothing, so that old records are shown as they are.
 */
export function pickFields<Schema extends z.ZodType>(
  schema: Schema,
  value: z.output<Schema>,
): z.output<Schema> {
  return pickValue(schema, value) as z.output<Schema>;
}

function pickValue(schema: z.core.$ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return pickValue(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
    return pickValue(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item) => pickValue(schema.element, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (schema instanceof z.ZodObject) {
    const { shape } = schema;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, field]) =>
        Object.hasOwn(shape, name) ? [[name, pickValue(shape[name], field)]] : [],
      ),
    );
  }
  // Of a choice, the object is meant.
  if (schema instanceof z.ZodUnion) {
    const object = schema.options.find((option) => option instanceof z.ZodObject);
    return object === undefined ? undefined : pickValue(object, value);
  }
  return undefined;
}
