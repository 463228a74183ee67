/** `POST /api/connections/:id/tools/:name`: a read tool, run as a model would run it. */
import { Hono } from 'hono';
import { z } from 'zod';
import { TOOLS } from '../../tools/registry.ts';
import { notFoundError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { jsonBody } from '../requests/request-body.ts';
import { runTool } from '../run-tool.ts';
import { ownConnection } from './connections.ts';

export const toolRoutes = new Hono<ConsoleEnv>().post('/connections/:id/tools/:name', async (context) => {
  const connection = await ownConnection(context);
  const tool = TOOLS.find(({ name, scope }) => name === context.req.param('name') && scope === 'read');
  if (tool === undefined) throw notFoundError('tool that reads');
  const args = await jsonBody(context, z.record(z.string(), z.unknown()));
  return runTool(context, connection, tool, args);
});
