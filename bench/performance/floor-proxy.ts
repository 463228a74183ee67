/**
 * What cannot be had for less: a bare HTTP server that, for each call, looks up a key and its connection in one round trip
 * to Firestore, asks IBKR for one quote and writes one record. No framework, no rules, no checks. Prints its port.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Firestore } from 'firebase-admin/firestore';
import { Pool } from 'undici';
import { z } from 'zod';

const [projectId, host, simulatorUrl] = z
  .tuple([z.string(), z.string(), z.url()])
  .parse(process.argv.slice(2));

const db = new Firestore({ projectId, host, ssl: false });
const simulator = new Pool(simulatorUrl);
/** What the service asks for of AAPL. */
const SNAPSHOT =
  '/v1/api/iserver/marketdata/snapshot?conids=265598&fields=31,55,70,71,82,83,84,85,86,87,88,7295,7741,7762,6509,7308,7309,7310,7311,7633';

const call = z.object({
  id: z.number(),
  params: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
});
const rows = z.array(z.looseObject({ conid: z.number() }));
const connectionOf = new Map<string, string>();

const server = createServer(async (incoming, outgoing) => {
  const at = new Date();
  const token = incoming.headers.authorization?.slice('Bearer '.length) ?? '';
  const id = createHash('sha256').update(token).digest('hex');
  const { id: requestId, params } = call.parse(JSON.parse(String(await buffer(incoming))));
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
  outgoing.setHeader('Content-Type', 'application/json');
  outgoing.end(JSON.stringify({ jsonrpc: '2.0', id: requestId, result }));
});

process.on('message', () => process.send?.({ ...process.resourceUsage(), rss: process.memoryUsage.rss() }));
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
