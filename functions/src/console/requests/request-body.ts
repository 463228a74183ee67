import type { Context } from 'hono';
import type { z } from 'zod';
import { inputProblems } from '../../http/requests/input-problems.ts';
import { isTooDeep, MOST_LEVELS } from '../../http/requests/nesting.ts';
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
  if (isTooDeep(body)) {
    throw new ApiError(400, 'invalid_body', `The request body is nested deeper than ${MOST_LEVELS} levels.`);
  }
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data as z.output<S>;
  const { message, fields } = inputProblems(error);
  throw new ApiError(400, 'invalid_body', message, { fields });
}
