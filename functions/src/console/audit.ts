/** `GET /api/audit?connectionId=&outcome=&cursor=`: what was asked of a person's connections, newest first. */
import { Hono } from 'hono';
import { z } from 'zod';
import { listCalls } from '../store/audit.ts';
import { ApiError } from './api-error.ts';
import type { ConsoleEnv } from './environment.ts';

const PAGE_SIZE = 50;

const query = z.object({
  connectionId: z.string().min(1).optional(),
  outcome: z.enum(['ok', 'error']).optional(),
  cursor: z.string().min(1).optional(),
});

export const auditRoutes = new Hono<ConsoleEnv>().get('/audit', async (context) => {
  const { data, error } = query.safeParse(context.req.query());
  if (error !== undefined) throw new ApiError(400, 'invalid_query', z.prettifyError(error));
  const { db } = context.env;
  const page = await listCalls(db, context.get('user').uid, { ...data, limit: PAGE_SIZE });
  if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
  return context.json(page);
});
