/** Test support: apps that call the tools of new sandboxes, against a real simulator and a real Firestore server. */
import type { Firestore } from 'firebase-admin/firestore';
import type { ToolContext } from '../connections/call-context.ts';
import type { PublicError } from '../errors.ts';
import type { Connection } from '../store/connections.ts';
import { callTool } from '../tools/call-tool.ts';
import { TOOLS } from '../tools/registry.ts';
import { newSandboxConnection } from './access.ts';
import { keyContext } from './orders/tool-calls.ts';
import { type PlayedIbkr, playIbkr, type Routes } from './played/played-ibkr.ts';
import { firstAccount, newSandbox, type Sandbox, simulatorUrl } from './sandbox.ts';
import { type ServerSettings, useServers } from './servers.ts';
import { unpacked } from './unpacked.ts';

/** What an app does, whoever answers as IBKR. */
interface Caller {
  db: Firestore;
  connectionId: string;
  /** Changes the connection. */
  set(changes: Partial<Connection>): Promise<void>;
  /** For one call. */
  context(): Promise<ToolContext>;
  /** What a tool answers, its tables as lists of objects; throws what it fails with. */
  call(tool: string, args: object, key?: string): Promise<Record<string, unknown>>;
  /** What a tool fails with; throws what it answers. */
  fail(tool: string, args: object, key?: string): Promise<PublicError>;
}

/** An app that calls tools, alone on a connection of its own. */
export interface TestApp extends Caller {
  sandbox: Sandbox;
  /** The orders that the simulator has, such as `SELL 10`. */
  orders(): Promise<string[]>;
}

let db: Firestore;

/** Runs one simulator and one database for the tests of a file. Call it at the top of the file. */
export function useApps(settings?: ServerSettings): void {
  useServers((opened) => {
    db = opened;
  }, settings);
}

/**
 * An app on a new connection, which accepts every warning unless `settings` say otherwise.
 * @param accounts How many the login has.
 */
export async function newApp(settings: Partial<Connection> = {}, accounts = 1): Promise<TestApp> {
  const sandbox = newSandbox();
  if (accounts > 1) await sandbox.control('sandboxes', { id: sandbox.name, accounts });
  return {
    ...(await newCaller(sandbox, settings)),
    sandbox,
    orders: async () => {
      const accountId = await firstAccount(sandbox.client());
      const response = await fetch(`${simulatorUrl()}/sim/orders`);
      const { orders } = (await response.json()) as {
        orders: { account: string; side: string; quantity: number }[];
      };
      return orders
        .filter(({ account }) => account === accountId)
        .map(({ side, quantity }) => `${side} ${quantity}`);
    },
  };
}

/** The account of a played login. */
export const PLAYED_ACCOUNT = 'DU7654321';

/** An app of a connection to a played IBKR with one paper account in USD, which holds nothing unless `routes` say so. */
export async function playedApp(
  routes: Routes,
  settings: Partial<Connection> = {},
): Promise<Caller & { ibkr: PlayedIbkr }> {
  const ibkr = await playIbkr(
    { accounts: [PLAYED_ACCOUNT] },
    { 'GET /portfolio2/*/positions': [], 'GET /portfolio/*/ledger': {}, ...routes },
  );
  return { ...(await newCaller({ client: (options) => ibkr.connection.client(options) }, settings)), ibkr };
}

async function newCaller(
  broker: Pick<Sandbox, 'client'>,
  settings: Partial<Connection> = {},
): Promise<Caller> {
  const { connection } = await newSandboxConnection(db, { ownerUid: 'owner', label: 'Sandbox' });
  const set = async (changes: Partial<Connection>) => {
    await db.doc(`connections/${connection.id}`).update({ ...changes });
  };
  await set({ acceptedWarnings: connection.acceptedWarnings, ...settings });
  const context = (key?: string, budgetMs?: number) => keyContext(db, connection, broker, key, budgetMs);
  const answer = async (name: string, args: object, key?: string) => {
    const tool = TOOLS.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`There is no tool ${name}.`);
    return callTool(
      tool,
      { ...args },
      () => context(key, tool.budgetMs),
      (fault) => {
        throw fault;
      },
    );
  };
  return {
    db,
    connectionId: connection.id,
    set,
    context: () => context(),
    call: async (name, args, key) => {
      const result = await answer(name, args, key);
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
      return unpacked(result.value);
    },
    fail: async (name, args, key) => {
      const result = await answer(name, args, key);
      if (result.ok) throw new Error(`${name} answered ${JSON.stringify(result.value)}`);
      return result.error;
    },
  };
}
