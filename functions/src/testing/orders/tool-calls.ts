/** Test support: calls of tools for an account of the simulator. */
import type { Firestore } from 'firebase-admin/firestore';
import type { ToolContext } from '../../connections/call-context.ts';
import { type Connection, findConnection } from '../../store/connections.ts';
import { callTool } from '../../tools/call-tool.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Trader } from './trader.ts';

/** For one call of one of the owner's keys, on the connection as it is now. */
export async function keyContext(
  db: Firestore,
  { id, ownerUid }: Pick<Connection, 'id' | 'ownerUid'>,
  sandbox: Pick<Sandbox, 'client'>,
  key = 'key',
  budgetMs?: number,
): Promise<ToolContext> {
  const connection = await findConnection(db, ownerUid, id);
  if (connection === null) throw new Error('The connection is gone.');
  const app = { id: key, name: 'bot', label: 'bot', source: 'api_key', limits: {}, approval: null } as const;
  const ibkr = sandbox.client(budgetMs === undefined ? {} : { budgetMs });
  return { connection, db, publicOrigin: 'https://gateway.example', ibkr, app };
}

/** Calls a tool as one of the owner's keys; what is reported as a fault of ours goes to `faults`. */
export async function callAs(
  trader: Trader,
  tool: Tool,
  args: Record<string, unknown>,
  {
    key = 'key',
    db = trader.context().db,
    faults = [],
  }: { key?: string; db?: Firestore; faults?: unknown[] } = {},
) {
  const { connectionId: id, ownerUid, db: own } = trader.context();
  const context = { ...(await keyContext(own, { id, ownerUid }, trader.sandbox, key)), db };
  const result = await callTool(
    tool,
    args,
    async () => context,
    (fault) => faults.push(fault),
  );
  return result.ok ? result.value : result.error;
}
