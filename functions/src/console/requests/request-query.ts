import type { Context } from 'hono';
import type { z } from 'zod';
import { inputProblems } from '../../http/requests/input-problems.ts';
import { ApiError } from './api-error.ts';

/**
 * The query of a request, parsed by a schema.
 * @throws {ApiError} 400 that names the parameter.
 */
export function queryParameters<S extends z.ZodType>(context: Context, schema: S): z.output<S> {
  const { data, error } = schema.safeParse(context.req.query());
  if (error !== undefined) throw new ApiError(400, 'invalid_query', inputProblems(error).message);
  return data as z.output<S>;
}
