/** `GET /api/reference`: every tool and every error code, from their own definitions. Nothing in it is secret. */

import { Hono } from 'hono';
import { ERROR_CODES } from '../../contract/failure.ts';
import type { JsonSchema, Reference } from '../../contract/site.ts';
import { ERRORS } from '../../errors.ts';
import { TOOLS } from '../../tools/registry.ts';
import type { ConsoleEnv } from '../requests/environment.ts';

const reference: Reference = {
  tools: TOOLS.map(({ name, title, description, scope, annotations, inputSchema }) => ({
    name,
    title,
    description,
    scope,
    annotations,
    // Of JSON Schema, `defineTool` makes no more than pages know.
    inputSchema: inputSchema as JsonSchema,
  })),
  errors: ERROR_CODES.map((code) => {
    const { retryable, meaning, remedy } = ERRORS[code];
    return { code, retryable, meaning, remedy };
  }),
};

export const referenceRoutes = new Hono<ConsoleEnv>().get('/reference', (context) => context.json(reference));
