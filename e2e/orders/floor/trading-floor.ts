/** All that orders meet, for one test file: a database, a simulator and the instances of the service. */
import { randomBytes } from 'node:crypto';
import { Firestore } from 'firebase-admin/firestore';
import { createConnection, updateConnection } from '../../../functions/src/store/connections.ts';
import {
  createApiKey,
  listApiKeys,
  revokeApiKey,
} from '../../../functions/src/store/credentials/api-keys.ts';
import { controlSimulator } from '../../../functions/src/testing/simulator-control.ts';
import { skipMetadataServer } from '../../../local/src/config.ts';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../simulator/src/server.ts';
import type { ExpectedTerms } from '../scripts/asked-order.ts';
import type { Fault } from './fault.ts';
import { type InstanceOptions, Instances } from './instances.ts';
import { OWNER_UID } from './owner.ts';

const PROJECT_ID = 'demo-orders';

/** An order as the simulator has it: the truth. */
export interface TrueOrder extends ExpectedTerms {
  orderId: string;
  cOID: string | null;
  account: string;
  sandbox: string | null;
  /** Through the service, or another program of the user. */
  origin: 'api' | 'elsewhere';
  conid: number;
  quantity: number;
  status: string;
  /** IBKR held it at some time. */
  wasHeld: boolean;
  parentId: string | null;
  ocaGroup: string | null;
  filledQuantity: number;
  averagePrice: number | null;
  createdAt: string;
}

/** Something that was traded: the truth. */
export interface TrueExecution {
  orderId: string | null;
  account: string;
  conid: number;
  side: 'BUY' | 'SELL';
  quantity: number;
  price: number;
  time: string;
}

/** A sandbox connection and a key for it. */
export interface Account {
  connectionId: string;
  key: string;
  /** IBKR's numbers, in its order. */
  numbers: string[];
}

type Approval = 'none' | 'model' | 'owner';

export class TradingFloor {
  readonly db: Firestore;
  readonly instances: Instances;
  readonly #simulatorUrl: string;
  readonly #stopServers: () => Promise<unknown>;

  private constructor(fields: {
    db: Firestore;
    instances: Instances;
    simulatorUrl: string;
    stopServers: () => Promise<unknown>;
  }) {
    this.db = fields.db;
    this.instances = fields.instances;
    this.#simulatorUrl = fields.simulatorUrl;
    this.#stopServers = fields.stopServers;
  }

  static async open(instanceCount: number, options: InstanceOptions = {}): Promise<TradingFloor> {
    skipMetadataServer();
    const [firestore, simulator] = await Promise.all([
      startFirestoreServer({ port: 0 }),
      startSimulator({ port: 0, pacing: false, nightlyReset: false }),
    ]);
    const firestoreHost = `127.0.0.1:${firestore.port}`;
    const db = new Firestore({ projectId: PROJECT_ID, host: firestoreHost, ssl: false });
    const environment = {
      PUBLIC_ORIGIN: 'https://gateway.example.com',
      SIMULATOR_URL: simulator.url,
      LOCAL_MODE: 'true',
      CALLS_PER_MINUTE: '60000',
      VAULT_KEYS: `test:${randomBytes(32).toString('base64')}`,
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      GCLOUD_PROJECT: PROJECT_ID,
    };
    const instances = await Instances.start(instanceCount, environment, options);
    const stopServers = () => Promise.all([firestore.stop(), simulator.close()]);
    return new TradingFloor({ db, instances, simulatorUrl: simulator.url, stopServers });
  }

  async close(): Promise<void> {
    await this.instances.stop();
    await this.db.terminate();
    await this.#stopServers();
  }

  /** A sandbox of its own. */
  async openAccount(rules: {
    approval: Approval;
    acceptedWarnings?: readonly string[];
    limits?: Record<string, unknown>;
    /** How many accounts its login has. */
    accounts?: number;
  }): Promise<Account> {
    const { approval, acceptedWarnings = [], limits, accounts = 1 } = rules;
    const { connection } = await createConnection(this.db, {
      ownerUid: OWNER_UID,
      kind: 'sandbox',
      mode: 'paper',
      label: 'orders',
      acceptedWarnings: [...acceptedWarnings],
    });
    if (limits !== undefined) await updateConnection(this.db, connection.id, { limits });
    const sandbox = { id: connection.id, accounts };
    const { accounts: numbers } = (await this.control('POST', 'sandboxes', sandbox)) as {
      accounts: string[];
    };
    return { connectionId: connection.id, key: await this.newKey(connection.id, approval), numbers };
  }

  /** Another key for a connection. */
  async newKey(connectionId: string, approval: Approval, scope: 'read' | 'write' = 'write'): Promise<string> {
    const connection = { id: connectionId, ownerUid: OWNER_UID };
    const { apiKey } = await createApiKey(this.db, { connection, label: 'orders', scope, approval });
    return apiKey;
  }

  /** Sets the owner's limits anew. */
  async limit(connectionId: string, limits: Record<string, unknown>): Promise<void> {
    await updateConnection(this.db, connectionId, { limits });
  }

  /** How often each request came from one sandbox, by method and path. */
  async requests(connectionId: string): Promise<Record<string, number>> {
    const path = `requests?sandbox=${connectionId}`;
    const { counts } = (await this.control('GET', path)) as { counts: Record<string, number> };
    return counts;
  }

  /** Takes a key back. */
  async revoke(connectionId: string, key: string): Promise<void> {
    const keys = await listApiKeys(this.db, connectionId);
    const found = keys.find(({ last }) => key.endsWith(last));
    if (found === undefined) throw new Error('There is no such key.');
    await revokeApiKey(this.db, found);
  }

  /** Every order there is, of one sandbox or all. */
  async orders(connectionId?: string): Promise<TrueOrder[]> {
    const path = connectionId === undefined ? 'orders' : `orders?sandbox=${connectionId}`;
    const { orders } = (await this.control('GET', path)) as { orders: TrueOrder[] };
    return orders;
  }

  /** Everything that was traded in one sandbox. */
  async executions(connectionId: string): Promise<TrueExecution[]> {
    const path = `executions?sandbox=${connectionId}`;
    const { executions } = (await this.control('GET', path)) as { executions: TrueExecution[] };
    return executions;
  }

  /** Has requests of one sandbox go wrong. */
  async fault(connectionId: string, fault: Fault): Promise<void> {
    const { match, ...rest } = fault;
    await this.control('POST', 'faults', { ...rest, match: { ...match, sandbox: connectionId } });
  }

  /** Signs a sandbox in to IBKR, as a person does whom an answer told to. */
  async signIn(connectionId: string): Promise<void> {
    const url = `${this.#simulatorUrl}/sandbox/${connectionId}/v1/api/iserver/auth/ssodh/init`;
    await fetch(url, { method: 'POST', body: JSON.stringify({ publish: true, compete: true }) });
  }

  /** Of one sandbox, or all. */
  async endFaults(connectionId?: string): Promise<void> {
    await this.control('DELETE', connectionId === undefined ? 'faults' : `faults?sandbox=${connectionId}`);
  }

  /** The simulator's control API. */
  control(method: string, path: string, body?: object): Promise<unknown> {
    return controlSimulator(this.#simulatorUrl, method, path, body);
  }
}
