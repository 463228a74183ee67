/** Test support: calls of tools for an account of the simulator. */
import type { Firestore } from 'firebase-admin/firestore';
import type { Trader } from '../orders/order-fixture.ts';
import { findConnection } from '../store/connections.ts';
import { callTool } from './call-tool.ts';
import type { Tool } from './tool.ts';

/** Calls a tool as one of the owner's keys; what is reported as a fault of ours goes to `faults`. */
export async function callAs(
  trader: Trader,
  tool: Tool,
  args: Record<string, unknown>,
  {
    key = 'key',
    db = trader.desk().db,
    faults = [],
  }: { key?: string; db?: Firestore; faults?: unknown[] } = {},
) {
  const { connectionId, ownerUid } = trader.desk();
  const connection = await findConnection(trader.desk().db, ownerUid, connectionId);
  if (connection === null) throw new Error('The connection is gone.');
  const app = { id: key, name: 'bot', label: 'bot', source: 'api_key', limits: {}, approval: null } as const;
  const context = {
    connection,
    db,
    ibkr: trader.sandbox.client(),
    app,
    publicOrigin: 'https://gateway.example',
  };
  const result = await callTool(
    tool,
    args,
    async () => context,
    (fault) => faults.push(fault),
  );
  return result.ok ? result.value : result.error;
}
