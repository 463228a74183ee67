/**
 * What cannot be had for less in the runtime of functions: for each call it looks up a key and its connection in one round
 * trip to Firestore, asks IBKR for one quote and writes one record. No framework of its own, no rules, no checks.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Firestore } from 'firebase-admin/firestore';
import { Pool } from 'undici';
import { z } from 'zod';

/** Where what it needs is. */
export interface FloorParts {
  projectId: string;
  firestoreHost: string;
  simulatorUrl: string;
}

/** What the service asks for of AAPL. */
const SNAPSHOT =
  '/v1/api/iserver/marketdata/snapshot?conids=265598&fields=31,55,70,71,82,83,84,85,86,87,88,7295,7741,7762,6509,7308,7309,7310,7311,7633';

const call = z.object({
  id: z.number(),
  params: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
});
const rows = z.array(z.looseObject({ conid: z.number() }));

export function floorProxy({ projectId, firestoreHost, simulatorUrl }: FloorParts) {
  const db = new Firestore({ projectId, host: firestoreHost, ssl: false });
  const simulator = new Pool(simulatorUrl);
  const connectionOf = new Map<string, string>();
  return async (request: IncomingMessage & { body: unknown }, response: ServerResponse) => {
    const at = new Date();
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const id = createHash('sha256').update(token).digest('hex');
    const { id: requestId, params } = call.parse(request.body);
    const key = db.collection('apiKeys').doc(id);
    const known = connectionOf.get(id);
    const [found] =
      known === undefined ? [await key.get()] : await db.getAll(key, db.doc(`connections/${known}`));
    const connectionId = String(found?.get('connectionId'));
    connectionOf.set(id, connectionId);
    const { statusCode, body } = await simulator.request({
      method: 'GET',
      path: `/sandbox/${connectionId}${SNAPSHOT}`,
    });
    if (statusCode !== 200) throw new Error(`The simulator answered ${statusCode}.`);
    const [quote] = rows.parse(await body.json());
    await db
      .collection('floor')
      .doc()
      .create({
        at,
        source: 'api_key',
        credentialId: id,
        connectionId,
        tool: params.name,
        arguments: JSON.stringify(params.arguments),
        outcome: 'ok',
        milliseconds: Date.now() - at.getTime(),
      });
    const result = { content: [{ type: 'text', text: JSON.stringify(quote) }], structuredContent: quote };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id: requestId, result }));
  };
}
