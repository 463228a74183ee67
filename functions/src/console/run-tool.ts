import type { Context } from 'hono';
import { type CallingApp, toolContext } from '../connections/call-context.ts';
import * as logger from '../http/logging/logger.ts';
import type { Connection } from '../store/connections.ts';
import { auditOf, callTool } from '../tools/call-tool.ts';
import type { Tool } from '../tools/tool.ts';
import { recordOwnCall } from './acts/owner-acts.ts';
import type { ConsoleEnv } from './requests/environment.ts';

/** Runs a tool on the caller's own connection; what it changes is recorded. Answers `{result}` or, with status 422, `{error}`. */
export async function runTool(
  context: Context<ConsoleEnv>,
  connection: Connection,
  tool: Tool,
  args: Record<string, unknown>,
) {
  const service = context.env;
  const at = new Date();
  const app: CallingApp = {
    id: context.get('user').uid,
    name: 'console',
    label: 'Console',
    source: 'console',
    limits: {},
    approval: null,
  };
  const open = () => toolContext(service, connection, app, tool.budgetMs);
  const result = await callTool(tool, args, open, (fault) =>
    logger.log('tool_failed', fault, { tool: tool.name }),
  );
  if (tool.scope === 'write') {
    await recordOwnCall(context, { at, connection, tool: tool.name, args, outcome: auditOf(result) });
  }
  return context.json(result.ok ? { result: result.value } : { error: result.error }, result.ok ? 200 : 422);
}
