/** All that orders meet, for one test file: a database, a simulator and the instances of the service. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Firestore } from 'firebase-admin/firestore';
import { newWebhookTarget } from '../../../functions/src/notifications/kinds/webhook.ts';
import { createConnection, updateConnection } from '../../../functions/src/store/connections.ts';
import {
  createApiKey,
  listApiKeys,
  revokeApiKey,
} from '../../../functions/src/store/credentials/api-keys.ts';
import { createChannel } from '../../../functions/src/store/news/channels.ts';
import { Vault } from '../../../functions/src/store/vault/vault.ts';
import { controlSimulator } from '../../../functions/src/testing/simulator-control.ts';
import { skipMetadataServer } from '../../../local/src/config.ts';
import { startFirestoreServer } from '../../../local/src/firestore/server.ts';
import { startSimulator } from '../../../simulator/src/server.ts';
import type { ExpectedTerms } from '../scripts/asked-order.ts';
import type { Fault } from './fault.ts';
import { type InstanceOptions, Instances } from './instances.ts';
import { NewsReceiver } from './news-receiver.ts';

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

/** A sandbox connection of an owner who has no other, and a key for it. */
export interface Account {
  ownerUid: string;
  connectionId: string;
  key: string;
  /** IBKR's numbers, in its order. */
  numbers: string[];
}

type Approval = 'none' | 'model' | 'owner';

export class TradingFloor {
  readonly db: Firestore;
  readonly instances: Instances;
  readonly news: NewsReceiver;
  readonly #vault: Vault;
  readonly #simulatorUrl: string;
  readonly #stopServers: () => Promise<unknown>;

  private constructor(fields: {
    db: Firestore;
    instances: Instances;
    news: NewsReceiver;
    vault: Vault;
    simulatorUrl: string;
    stopServers: () => Promise<unknown>;
  }) {
    this.db = fields.db;
    this.instances = fields.instances;
    this.news = fields.news;
    this.#vault = fields.vault;
    this.#simulatorUrl = fields.simulatorUrl;
    this.#stopServers = fields.stopServers;
  }

  static async open(instanceCount: number, options: InstanceOptions = {}): Promise<TradingFloor> {
    skipMetadataServer();
    const [firestore, simulator, news] = await Promise.all([
      startFirestoreServer({ port: 0 }),
      startSimulator({ port: 0, pacing: false, nightlyReset: false }),
      NewsReceiver.open(),
    ]);
    const vaultKeys = `test:${randomBytes(32).toString('base64')}`;
    const firestoreHost = `127.0.0.1:${firestore.port}`;
    const db = new Firestore({ projectId: PROJECT_ID, host: firestoreHost, ssl: false });
    const environment = {
      PUBLIC_ORIGIN: 'https://gateway.example.com',
      SIMULATOR_URL: simulator.url,
      LOCAL_MODE: 'true',
      CALLS_PER_MINUTE: '60000',
      VAULT_KEYS: vaultKeys,
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      GCLOUD_PROJECT: PROJECT_ID,
    };
    const instances = await Instances.start(instanceCount, environment, options);
    const stopServers = () => Promise.all([firestore.stop(), simulator.close(), news.close()]);
    const vault = new Vault(vaultKeys);
    return new TradingFloor({ db, instances, news, vault, simulatorUrl: simulator.url, stopServers });
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
    const ownerUid = `owner-${randomUUID()}`;
    const { connection } = await createConnection(this.db, {
      ownerUid,
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
    const account = { ownerUid, connectionId: connection.id, numbers };
    return { ...account, key: await this.newKey(account, approval) };
  }

  /** Has the owner of an account told of what happens there. @returns the secret that signs it. */
  async openChannel({ ownerUid, connectionId }: Account): Promise<string> {
    const target = newWebhookTarget(this.news.addressOf(connectionId));
    const channel = { ownerUid, kind: 'webhook', label: 'orders', connectionId: null, types: null } as const;
    await createChannel(this.db, this.#vault, channel, target);
    return target.secret;
  }

  /** Another key for a connection. */
  async newKey(
    { ownerUid, connectionId }: Pick<Account, 'ownerUid' | 'connectionId'>,
    approval: Approval,
    scope: 'read' | 'write' = 'write',
  ): Promise<string> {
    const connection = { id: connectionId, ownerUid };
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
