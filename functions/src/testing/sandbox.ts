/** Test support: connections to a real simulator in this process. */

import { beforeAll } from 'vitest';
import { type RunningSimulator, startSimulator } from '../../../simulator/src/server.ts';
import { getAccounts } from '../broker/accounts/accounts.ts';
import type { IbkrClient } from '../broker/session/client.ts';
import { type ConnectionOptions, IbkrConnection } from '../broker/session/connection.ts';
import { inMemorySessionStore } from '../broker/session/session-store.ts';
import { sandboxTransport } from '../broker/transport/sandbox-transport.ts';
import { closeAfterFile } from './after-file.ts';
import { controlSimulator } from './simulator-control.ts';

export interface Sandbox {
  name: string;
  connection: IbkrConnection;
  /** A fresh client, for one call, which may take `budgetMs`. */
  client(options?: { budgetMs?: number }): IbkrClient;
  /** Requests the simulator saw of this sandbox, by `GET /path`. */
  requests(): Promise<Record<string, number>>;
  /** Orders a fault for this sandbox, `POST /sim/faults`. */
  fault(fault: Record<string, unknown> & { match?: Record<string, unknown> }): Promise<void>;
  /** Ends those of this sandbox. */
  endFaults(): Promise<void>;
  /** `POST /sim/…`. */
  control(path: string, body: unknown): Promise<void>;
}

let simulator: RunningSimulator;
let sandboxes = 0;

export type SimulatorSettings = NonNullable<Parameters<typeof startSimulator>[0]>;

/** Runs one simulator, without nights or request limits, for the tests of a file. Call it at the top of the file. */
export function useSimulator(settings: SimulatorSettings = {}): void {
  beforeAll(async () => {
    const started = await startSimulator({ port: 0, nightlyReset: false, pacing: false, ...settings });
    closeAfterFile(() => started.close());
    simulator = started;
  });
}

/** Where the simulator of this file listens. */
export function simulatorUrl(): string {
  return simulator.url;
}

/** A connection to a new sandbox with its own account, or to the one named. */
export function openConnection(name: string, options: Partial<ConnectionOptions> = {}): IbkrConnection {
  const connection = new IbkrConnection({
    transport: sandboxTransport({ simulatorUrl: simulator.url, connectionId: name }),
    store: inMemorySessionStore(),
    limits: [],
    ...options,
  });
  closeAfterFile(() => connection.close());
  return connection;
}

/** A new sandbox that nobody used before; without limits, unless the options bring some. */
export function newSandbox(options: Partial<ConnectionOptions> = {}): Sandbox {
  sandboxes += 1;
  const name = `test-${sandboxes}`;
  const connection = openConnection(name, options);
  const control = async (path: string, body: unknown) => {
    await controlSimulator(simulator.url, 'POST', path, body);
  };
  return {
    name,
    connection,
    client: (options) => connection.client(options),
    requests: async () => {
      const response = await fetch(`${simulator.url}/sim/requests?sandbox=${name}`);
      return ((await response.json()) as { counts: Record<string, number> }).counts;
    },
    endFaults: async () => {
      await fetch(`${simulator.url}/sim/faults?sandbox=${name}`, { method: 'DELETE' });
    },
    fault: ({ match, ...fault }) => control('faults', { ...fault, match: { ...match, sandbox: name } }),
    control,
  };
}

/** Where an instrument trades from now on, for every sandbox of this file, with 0.1 to either side. */
export async function setPrice(conid: number, last: number, fields: object = {}): Promise<void> {
  const body = JSON.stringify({ conid, last, bid: last - 0.1, ask: last + 0.1, ...fields });
  const answer = await fetch(`${simulator.url}/sim/prices`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`/sim/prices answered ${answer.status}: ${await answer.text()}`);
}

/** The first account of the login. */
export async function firstAccount(client: IbkrClient): Promise<string> {
  const [account] = (await getAccounts(client)).accounts;
  if (account === undefined) throw new Error('The login has no account.');
  return account.accountId;
}
