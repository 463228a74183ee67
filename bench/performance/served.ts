/**
 * One process of the function `mcp` as it is when deployed, a Firestore server on which calls are counted, and a
 * simulator.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import type { Scope } from '../../functions/src/contract/rules/scope.ts';
import { createConnection } from '../../functions/src/store/connections.ts';
import { createApiKey } from '../../functions/src/store/credentials/api-keys.ts';
import { accountServer, PROJECT } from '../../functions/src/testing/console/id-token.ts';
import { startFunction, type Usage } from '../../functions/src/testing/runtime/function-process.ts';
import { SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import { startFirestoreServer } from '../../local/src/firestore/server.ts';
import { startSimulator } from '../../simulator/src/server.ts';
import { DEPLOYED } from './deployed.ts';
import { type FirestoreCall, firestoreCalls } from './firestore-calls.ts';
import type { FloorParts } from './floor-proxy.ts';

export interface Served {
  /** A key of a new sandbox, which needs no yes and accepts IBKR's warnings. */
  newKey(scope?: Scope): Promise<string>;
  /** What has been asked of Firestore so far; whoever looks may empty it. */
  firestoreCalls: FirestoreCall[];
  /** Requests that the simulator has had so far. */
  upstreamCalls(): Promise<number>;
  usage(): Promise<Usage>;
  /** What the function holds after a garbage collection, in MiB. */
  heldMiB(): Promise<number>;
  callTool(key: string, name: string, args: object): Promise<Record<string, unknown>>;
  /** What a JSON-RPC request is answered. */
  request(key: string, method: string, params: object): Promise<unknown>;
  /** Of the function, as `http://host:port`. */
  url: string;
  /** Where its Firestore and its simulator are, for who is to use the same ones. */
  parts: FloorParts;
  stop(): Promise<void>;
}

const answered = z.object({
  result: z.object({ isError: z.boolean().optional(), structuredContent: z.looseObject({}) }),
});
const requests = z.object({ counts: z.record(z.string(), z.number()) });

/** @param env Settings of the function besides those that it needs. */
export async function serve(env: Record<string, string> = {}): Promise<Served> {
  const { calls, interceptor } = firestoreCalls();
  const firestore = await startFirestoreServer({ port: 0, interceptors: [interceptor] });
  const simulator = await startSimulator({ port: 0, nightlyReset: false });
  const people = accountServer();
  await once(people.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${firestore.port}`;
  const db = new Firestore({ projectId: PROJECT, host, ssl: false });
  const mcp = await startFunction(
    'mcp',
    {
      PUBLIC_ORIGIN: 'http://127.0.0.1:1',
      LOCAL_MODE: 'true',
      CALLS_PER_MINUTE: '1000000',
      GCLOUD_PROJECT: PROJECT,
      VAULT_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      SIMULATOR_URL: simulator.url,
      FIRESTORE_EMULATOR_HOST: host,
      FIREBASE_AUTH_EMULATOR_HOST: `127.0.0.1:${(people.address() as AddressInfo).port}`,
      METADATA_SERVER_DETECTION: 'none',
      ...env,
    },
    DEPLOYED,
  );
  return {
    firestoreCalls: calls,
    url: mcp.url,
    parts: { projectId: PROJECT, firestoreHost: host, simulatorUrl: simulator.url },
    usage: mcp.usage,
    heldMiB: mcp.heldMiB,
    async newKey(scope = 'write') {
      const fields = { ownerUid: 'bench', kind: 'sandbox', mode: 'paper', label: 'Bench' } as const;
      const warnings = { acceptedWarnings: [...SANDBOX_WARNINGS] };
      const { connection, key } = await createConnection(db, { ...fields, ...warnings });
      if (scope === 'write') return key.apiKey;
      return (await createApiKey(db, { connection, label: 'Bench', scope })).apiKey;
    },
    async upstreamCalls() {
      const answer = await fetch(`${simulator.url}/sim/requests`);
      const { counts } = requests.parse(await answer.json());
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    callTool: (key, name, args) => callTool(mcp.url, key, name, args),
    request: (key, method, params) => request(mcp.url, key, method, params),
    async stop() {
      await Promise.all([mcp.stop(), firestore.stop(), simulator.close(), db.terminate()]);
      people.closeAllConnections();
      people.close();
    },
  };
}

/** @param url Of the function, or of what answers as it does. */
export async function callTool(
  url: string,
  key: string,
  name: string,
  args: object,
): Promise<Record<string, unknown>> {
  const answer = await request(url, key, 'tools/call', { name, arguments: args });
  const { isError, structuredContent } = answered.parse(answer).result;
  if (isError) throw new Error(`${name} failed: ${JSON.stringify(structuredContent)}`);
  return structuredContent;
}

/** What a JSON-RPC request is answered. */
async function request(url: string, key: string, method: string, params: object): Promise<unknown> {
  const answer = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
