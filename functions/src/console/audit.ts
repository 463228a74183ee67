/** `GET /api/audit?connectionId=&outcome=&tool=&app=&cursor=&limit=`: what was asked of a person's connections, newest first. */
import { Hono } from 'hono';
import { z } from 'zod';
import { recordId } from '../record-id.ts';
import { listCalls } from '../store/audit.ts';
import { ApiError } from './api-error.ts';
import type { ConsoleEnv } from './environment.ts';
import { queryParameters } from './request-query.ts';

const query = z.object({
  connectionId: recordId.optional(),
  outcome: z.enum(['ok', 'error']).optional(),
  tool: z.string().min(1).max(100).optional(),
  /** The id of a key or a grant. */
  app: recordId.optional(),
  cursor: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const auditRoutes = new Hono<ConsoleEnv>().get('/audit', async (context) => {
  const { app: credentialId, ...filter } = queryParameters(context, query);
  const page = await listCalls(context.env.db, context.get('user').uid, { ...filter, credentialId });
  if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
  return context.json(page);
});
