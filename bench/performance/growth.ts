/**
 * What calls cost as connections and audit records become many. Documents read and written must not grow. The times do, by
 * as much as the local Firestore looks through all of a collection, which Google's does not: it has an index of each query.
 */
import { randomBytes } from 'node:crypto';
import { Firestore } from 'firebase-admin/firestore';
import { listCalls } from '../../functions/src/store/activity/listed-calls.ts';
import { recordCall } from '../../functions/src/store/audit.ts';
import type { AuditStorage } from '../../functions/src/store/audit-chain/audit-keys.ts';
import { verifyChain } from '../../functions/src/store/audit-chain/verify-chain.ts';
import { createConnection, listConnections } from '../../functions/src/store/connections.ts';
import { findCredential } from '../../functions/src/store/credentials/credentials.ts';
import { takeKeepAlives } from '../../functions/src/store/keep-alives.ts';
import { connectionsWithDueIntents } from '../../functions/src/store/orders/order-intents.ts';
import { Vault } from '../../functions/src/store/vault/vault.ts';
import { PROJECT } from '../../functions/src/testing/console/id-token.ts';
import { startFirestoreServer } from '../../local/src/firestore/server.ts';
import { firestoreCalls } from './firestore-calls.ts';

export interface GrowthCost {
  what: string;
  connections: number;
  auditRecords: number;
  reads: number;
  writes: number;
  medianMs: number;
}

const OWNER = 'bench';
const OWN_CONNECTIONS = 5;
const OWN_RECORDS = 200;
const PAGE = 50;
const TIMES = 5;
const BATCH = 500;
const FEWEST = 10;
/** As many as the schedule takes in one run at most. */
const DUE_AT_ONCE = 100;

/** @param connections @param records At last; the first measurement is of few. */
export async function measureGrowth(connections: number, records: number): Promise<GrowthCost[]> {
  const { calls, interceptor } = firestoreCalls();
  const server = await startFirestoreServer({ port: 0, interceptors: [interceptor] });
  const db = new Firestore({ projectId: PROJECT, host: `127.0.0.1:${server.port}`, ssl: false });
  const storage = { db, vault: new Vault(`bench:${randomBytes(32).toString('base64')}`) };
  try {
    const own = await Promise.all(
      Array.from({ length: OWN_CONNECTIONS }, () =>
        createConnection(db, { ownerUid: OWNER, kind: 'sandbox', mode: 'paper', label: 'Bench' }),
      ),
    );
    const [first] = own;
    if (first === undefined) throw new Error('There is no connection.');
    for (let count = 0; count < OWN_RECORDS; count++) await recordCall(storage, callOf(first.connection.id));
    const costs: GrowthCost[] = [];
    let [filledConnections, filledRecords] = [0, 0];
    for (const [wanted, wantedRecords] of [
      [FEWEST, FEWEST],
      [connections, records],
    ] as const) {
      await fill(db, 'sessions', filledConnections, wanted, session);
      await fill(db, 'connections', filledConnections, wanted, connection);
      await fill(db, 'audit', filledRecords, wantedRecords, auditRecord);
      [filledConnections, filledRecords] = [wanted, wantedRecords];
      for (const [what, act] of Object.entries(actsOf(storage, first))) {
        costs.push({
          what,
          connections: wanted + OWN_CONNECTIONS,
          auditRecords: wantedRecords + OWN_RECORDS,
          ...(await measured(calls, act)),
        });
      }
    }
    return costs.toSorted((a, b) => a.what.localeCompare(b.what));
  } finally {
    await Promise.all([db.terminate(), server.stop()]);
  }
}

function actsOf(storage: AuditStorage, { connection, key }: Awaited<ReturnType<typeof createConnection>>) {
  const { db } = storage;
  const limit = PAGE;
  return {
    'a key and its connection are found': () => findCredential(db, key.apiKey, 'none'),
    'a record is appended': () => recordCall(storage, callOf(connection.id)),
    'a page of the activity': () => listCalls(db, OWNER, { limit }),
    'a page of the activity, by tool': () => listCalls(db, OWNER, { limit, tool: 'get_quote' }),
    'the newest hundred records are verified': () =>
      verifyChain(storage, { ownerUid: OWNER, connectionId: connection.id }, { newest: 100 }),
    "an owner's connections": () => listConnections(db, OWNER),
    'the sessions that are due': () =>
      takeKeepAlives(db, new Date(), DUE_AT_ONCE, new Date(Date.now() + 600_000)),
    'the orders that are due': () => connectionsWithDueIntents(db, new Date(), DUE_AT_ONCE),
  };
}

async function measured(calls: ReturnType<typeof firestoreCalls>['calls'], act: () => Promise<unknown>) {
  const took: number[] = [];
  // The first makes what later ones find made.
  await act();
  calls.length = 0;
  for (let time = 0; time < TIMES; time++) {
    const from = performance.now();
    await act();
    took.push(performance.now() - from);
  }
  const sum = (kind: 'reads' | 'writes') => calls.reduce((total, call) => total + call[kind], 0);
  const median = took.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
  return {
    reads: sum('reads') / TIMES,
    writes: sum('writes') / TIMES,
    medianMs: Math.round(10 * median) / 10,
  };
}

async function fill(
  db: Firestore,
  collection: string,
  from: number,
  to: number,
  recordOf: (index: number) => object,
): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const batch = db.batch();
    for (let index = start; index < Math.min(to, start + BATCH); index++) {
      batch.set(db.collection(collection).doc(`other-${index}`), recordOf(index));
    }
    await batch.commit();
  }
}

function callOf(connectionId: string): Parameters<typeof recordCall>[1] {
  return {
    at: new Date(),
    caller: {
      source: 'api_key',
      credentialId: 'key',
      credentialLabel: 'job',
      clientName: 'bot',
      clientVersion: '1',
      scope: 'write',
      address: '203.0.113.7',
      requestId: 'a'.repeat(32),
    },
    connection: { id: connectionId, kind: 'sandbox', ownerUid: OWNER },
    tool: 'get_quote',
    args: { symbol: 'AAPL' },
    outcome: { outcome: 'ok', errorCode: null, errorMessage: null, intentId: null, upstreamCalls: 1 },
  };
}

/** Of ten thousand people. */
const ownerOf = (index: number) => `person-${index % 10_000}`;
/** Due long ago. */
const LONG_AGO = new Date(0);

function connection(index: number) {
  return { ownerUid: ownerOf(index), kind: 'gateway', mode: 'paper', label: 'Other' };
}

function session(index: number) {
  return { keepAliveAt: new Date(LONG_AGO.getTime() + index), lastUsedAt: new Date() };
}

function auditRecord(index: number) {
  const { connection: _, caller, outcome, ...call } = callOf('');
  const ids = { ownerUid: ownerOf(index), connectionId: `other-${index}` };
  return { ...call, ...caller, ...outcome, ...ids, at: new Date(LONG_AGO.getTime() + index) };
}
