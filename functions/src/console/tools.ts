/** `POST /api/connections/:id/tools/:name`: a read tool, run as a model would run it. */
import * as logger from 'firebase-functions/logger';
import { Hono } from 'hono';
import { z } from 'zod';
import { callTool } from '../tools/call-tool.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import { TOOLS } from '../tools/registry.ts';
import { notFound } from './api-error.ts';
import { ownConnection } from './connections.ts';
import type { ConsoleEnv } from './environment.ts';
import { jsonBody } from './request-body.ts';

export const toolRoutes = new Hono<ConsoleEnv>().post('/connections/:id/tools/:name', async (context) => {
  const connection = await ownConnection(context);
  const tool = TOOLS.find(({ name, scope }) => name === context.req.param('name') && scope === 'read');
  if (tool === undefined) throw notFound('tool that reads');
  const args = await jsonBody(context, z.record(z.string(), z.unknown()));
  const service = context.env;
  const { uid } = context.get('user');
  const app = {
    id: uid,
    name: 'console',
    label: 'Console',
    source: 'console',
    limits: {},
    approval: null,
  } as const;
  const open = async () => ({
    connection,
    db: service.db,
    app,
    publicOrigin: service.publicOrigin,
    ibkr: await ibkrClientInUse(service, connection),
  });
  const result = await callTool(tool, args, open, (fault) => logger.error(`${tool.name} failed`, fault));
  return context.json(result.ok ? { result: result.value } : { error: result.error }, result.ok ? 200 : 422);
});
