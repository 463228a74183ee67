import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';

/**
 * The JSON body of a request, parsed by a schema.
 * @throws {ApiError} 400 that names the field.
 */
export async function jsonBody<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S>> {
  let body: unknown;
  try {
    body = await context.req.json();
  } catch (cause) {
    throw new ApiError(400, 'invalid_body', 'The request body is not JSON.', { cause });
  }
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data as z.output<S>;
  const problems = error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  const fields = Object.fromEntries(error.issues.map(({ path, message }) => [path.join('.'), message]));
  throw new ApiError(400, 'invalid_body', problems.join('; '), { fields });
}
