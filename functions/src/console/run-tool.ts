import * as logger from 'firebase-functions/logger';
import type { Context } from 'hono';
import type { Connection } from '../store/connections.ts';
import { callTool } from '../tools/call-tool.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import type { Tool } from '../tools/tool.ts';
import type { ConsoleEnv } from './environment.ts';

/** Runs a tool on the caller's own connection. Answers `{result}` or, with status 422, `{error}`. */
export async function runTool(
  context: Context<ConsoleEnv>,
  connection: Connection,
  tool: Tool,
  args: Record<string, unknown>,
) {
  const service = context.env;
  const app = {
    id: context.get('user').uid,
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
}
