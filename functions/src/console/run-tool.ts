import * as logger from 'firebase-functions/logger';
import type { Context } from 'hono';
import { recordCall } from '../store/audit.ts';
import type { Connection } from '../store/connections.ts';
import { auditOf, callTool } from '../tools/call-tool.ts';
import { ibkrClientInUse } from '../tools/ibkr-connections.ts';
import type { Tool } from '../tools/tool.ts';
import type { ConsoleEnv } from './environment.ts';

/** Runs a tool on the caller's own connection; what it changes is recorded. Answers `{result}` or, with status 422, `{error}`. */
export async function runTool(
  context: Context<ConsoleEnv>,
  connection: Connection,
  tool: Tool,
  args: Record<string, unknown>,
) {
  const service = context.env;
  const at = new Date();
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
  if (tool.scope === 'write') {
    await recordCall(service.db, {
      at,
      source: 'console',
      credentialId: uid,
      credentialLabel: app.label,
      clientName: app.name,
      clientVersion: '',
      connectionId: connection.id,
      connectionKind: connection.kind,
      ownerUid: uid,
      tool: tool.name,
      arguments: args,
      scope: 'write',
      ...auditOf(result),
    });
  }
  return context.json(result.ok ? { result: result.value } : { error: result.error }, result.ok ? 200 : 422);
}
