/**
 * One process of the function `mcp` as it is when deployed, a Firestore server on which calls are counted, and a
 * simulator.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { createConnection } from '../../functions/src/store/connections.ts';
import { accountServer, PROJECT } from '../../functions/src/testing/console/id-token.ts';
import { startFunction, type Usage } from '../../functions/src/testing/runtime/function-process.ts';
import { SANDBOX_WARNINGS } from '../../functions/src/trading/domain/accepted-warnings.ts';
import { startFirestoreServer } from '../../local/src/firestore/server.ts';
import { startSimulator } from '../../simulator/src/server.ts';
import { DEPLOYED } from './deployed.ts';
import { type FirestoreCall, firestoreCalls } from './firestore-calls.ts';

export interface Served {
  /** A key of a new sandbox, which needs no yes and accepts IBKR's warnings. */
  newKey(): Promise<string>;
  /** What has been asked of Firestore so far; whoever looks may empty it. */
  firestoreCalls: FirestoreCall[];
  /** Requests that the simulator has had so far. */
  upstreamCalls(): Promise<number>;
  usage(): Promise<Usage>;
  callTool(key: string, name: string, args: object): Promise<Record<string, unknown>>;
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
    usage: mcp.usage,
    async newKey() {
      const fields = { ownerUid: 'bench', kind: 'sandbox', mode: 'paper', label: 'Bench' } as const;
      const warnings = { acceptedWarnings: [...SANDBOX_WARNINGS] };
      return (await createConnection(db, { ...fields, ...warnings })).key.apiKey;
    },
    async upstreamCalls() {
      const answer = await fetch(`${simulator.url}/sim/requests`);
      const { counts } = requests.parse(await answer.json());
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async callTool(key, name, args) {
      const answer = await fetch(`${mcp.url}/mcp`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${key}`,
          'Content-Type': 'application/json',
          Accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name, arguments: args },
        }),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${text}`);
      const { isError, structuredContent } = answered.parse(JSON.parse(text)).result;
      if (isError) throw new Error(`${name} failed: ${JSON.stringify(structuredContent)}`);
      return structuredContent;
    },
    async stop() {
      await Promise.all([mcp.stop(), firestore.stop(), simulator.close(), db.terminate()]);
      people.closeAllConnections();
      people.close();
    },
  };
}
