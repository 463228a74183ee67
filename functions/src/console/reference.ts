/** `GET /api/reference`: every tool and every error code, from their own definitions. Nothing in it is secret. */
import { Hono } from 'hono';
import { ERRORS } from '../errors.ts';
import { TOOLS } from '../tools/registry.ts';
import type { ConsoleEnv } from './environment.ts';

const reference = {
  tools: TOOLS.map(({ name, title, description, scope, annotations, inputSchema }) => ({
    name,
    title,
    description,
    scope,
    annotations,
    inputSchema,
  })),
  errors: Object.entries(ERRORS).map(([code, kind]) => ({ code, ...kind })),
};

export const referenceRoutes = new Hono<ConsoleEnv>().get('/reference', (context) => context.json(reference));
