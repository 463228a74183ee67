/** Test support: people with everything that anybody can have here, and the whole database as text. */
import { randomBytes } from 'node:crypto';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { beforeEach } from 'vitest';
import { z } from 'zod';
import type { Service } from '../../service.ts';
import { recordCall } from '../../store/audit.ts';
import { type Connection, createConnection } from '../../store/connections.ts';
import { createApiKey } from '../../store/credentials/api-keys.ts';
import type { Sealed } from '../../store/database/stored-fields.ts';
import { saveOidcRecord } from '../../store/oidc/oidc-storage.ts';
import { beginPanic } from '../../store/orders/panics.ts';
import { sessionStore } from '../../store/sessions.ts';
import { saveUser } from '../../store/users.ts';
import { Vault } from '../../store/vault/vault.ts';
import { type Accounts, useAccounts } from '../accounts.ts';
import { idToken } from '../console/console-owner.ts';
import { askConsole, askMcp } from '../console/requests.ts';
import { storeGrant } from '../oauth/grants.ts';
import { simulatorUrl } from '../sandbox.ts';
import { type ServerSettings, useServers } from '../servers.ts';
import { ORIGIN, testService } from '../service.ts';

/** The number of everybody's account begins with it. */
export const ACCOUNT = 'DU7654321';
const HOUR_MS = 3_600_000;
export const VAULT_KEYS = `test:${randomBytes(32).toString('base64')}`;
export const vault = new Vault(VAULT_KEYS);

/** Of the test that runs. */
export let db: Firestore;
export let service: Service;
/** Where its database listens. */
export let firestoreHost: string;

/** Runs the service for the tests of a file, each of which begins with nobody in it. Call it at the top of the file. */
export function usePeople(settings?: ServerSettings): Accounts {
  useServers((opened, host) => {
    db = opened;
    firestoreHost = host;
  }, settings);
  const accounts = useAccounts();
  beforeEach(async () => {
    for (const collection of await db.listCollections()) await db.recursiveDelete(collection);
    accounts.before = () => {};
    accounts.disabled.clear();
    accounts.deleted.clear();
    service = testService(db, { vault, simulatorUrl: simulatorUrl() });
  });
  return accounts;
}

/** The console's API, as somebody calls it who signed in `signedInFor` seconds ago. */
export async function api(uid: string, method: string, path: string, body?: object, signedInFor = 0) {
  const bearer = idToken(uid, signedInFor);
  const answer = await askConsole(service, { method, path: `/api${path}`, bearer, body });
  return { status: answer.status, body: answer.body };
}

/** @returns the status of the answer. */
export async function callTool(key: string, name: string, args: object): Promise<number> {
  return (await askMcp(service, key, 'tools/call', { name, arguments: args })).status;
}

export const addedConnection = z.object({ connection: z.object({ id: z.string() }), apiKey: z.string() });

/** Everything that anybody can have here: by the product where it makes it, by its storage where that takes a host. */
export async function makePerson(uid: string): Promise<string[]> {
  await api(uid, 'GET', '/me');
  const { connection, apiKey } = addedConnection.parse(
    (await api(uid, 'POST', '/connections', { kind: 'sandbox' })).body,
  );
  await callTool(apiKey, 'get_accounts', {});
  await callTool(apiKey, 'place_order', { symbol: 'NVDA', side: 'BUY', quantity: 1, order_type: 'MKT' });
  await api(uid, 'PATCH', `/connections/${connection.id}`, { approval: 'owner' });
  await callTool(apiKey, 'place_order', { symbol: 'NVDA', side: 'BUY', quantity: 2, order_type: 'MKT' });
  await callTool(apiKey, 'no_such_tool', {});
  const others = await storeRecords(uid);
  const ids = [connection.id, ...others];
  return [uid, `${uid}@example.com`, ...ids];
}

/** Connections of the other kinds, with what comes with them. @returns the ids of it all. */
export async function storeRecords(uid: string): Promise<string[]> {
  const gateway = await storeGateway(uid);
  const oauth = await createConnection(
    db,
    { ownerUid: uid, kind: 'oauth', mode: 'paper', label: `OAuth of ${uid}` },
    { vault, value: { consumerKey: uid } },
  );
  const grantId = await storeConsent(uid, oauth.connection, [
    'AccessToken',
    'RefreshToken',
    'AuthorizationCode',
  ]);
  return [...gateway, oauth.connection.id, oauth.key.id, grantId];
}

/** One connection, with something in every collection. @returns the ids of it all. */
export async function storeGateway(uid: string): Promise<string[]> {
  await saveUser(db, { uid, email: `${uid}@example.com` });
  const gateway = await createConnection(
    db,
    { ownerUid: uid, kind: 'gateway', mode: 'live', label: `Gateway of ${uid}` },
    { vault, value: { url: `https://${uid}.example` } },
  );
  const { connection } = gateway;
  const key = await createApiKey(db, { connection, label: 'bot', scope: 'read' });
  const until = Date.now() + HOUR_MS;
  const session = sessionStore(db, vault, connection.id);
  await session.write({
    accountIds: [`${ACCOUNT}-${uid}`],
    portfolioAccounts: { body: `["${uid}"]`, until },
  });
  await session.shareRead('request', { turn: 1, body: uid, until });
  const grantId = await storeConsent(uid, connection, ['AccessToken']);
  await storeCall(connection);
  await beginPanic(db, connection.id);
  await db.doc(`connections/${connection.id}/trading/register`).set({ day: '2026-11-28' });
  const intent = { ownerUid: uid, connectionId: connection.id, order: `{"accountId":"${ACCOUNT}-${uid}"}` };
  await db.collection('orderIntents').add(intent);
  return [connection.id, gateway.key.id, key.id, grantId];
}

async function storeConsent(uid: string, connection: Connection, models: string[]): Promise<string> {
  const grantId = await storeGrant(db, { ownerUid: uid, connectionId: connection.id, scope: 'write' });
  const end = new Date(Date.now() + HOUR_MS);
  const oidc = { db, vault };
  const payload = { grantId, accountId: uid, clientId: 'client', scope: 'write', aud: ORIGIN };
  for (const model of models) {
    await saveOidcRecord(oidc, model, `${model} ${grantId}`, { ...payload, kind: model }, end);
  }
  await saveOidcRecord(oidc, 'Grant', grantId, payload, end);
  const asked = `interaction ${grantId}`;
  await saveOidcRecord(oidc, 'Interaction', asked, {}, end);
  const result = { login: { accountId: uid }, consent: { grantId } };
  await saveOidcRecord(oidc, 'Interaction', asked, { result }, end);
  return grantId;
}

/** One audit record. */
export async function storeCall(connection: Connection): Promise<void> {
  await recordCall(
    { db, vault },
    {
      at: new Date(),
      caller: {
        source: 'console',
        credentialId: connection.ownerUid,
        credentialLabel: 'Console',
        clientName: 'console',
        clientVersion: '',
        scope: 'write',
        address: '203.0.113.7',
        requestId: 'trace',
      },
      connection,
      tool: 'connection.change',
      args: { label: connection.label },
      outcome: { outcome: 'ok', errorCode: null, errorMessage: null, intentId: null, upstreamCalls: 0 },
    },
  );
}

/** The whole database as text: every record of every collection at any depth, with what is sealed in it opened. */
export async function readEverything(): Promise<Map<string, string>> {
  const records = new Map<string, string>();
  const walk = async (parent: Firestore | DocumentReference): Promise<void> => {
    for (const collection of await parent.listCollections()) {
      // Also those of which only something below them is left.
      for (const ref of await collection.listDocuments()) {
        const data = (await ref.get()).data();
        if (data !== undefined) records.set(ref.path, `${ref.path} ${JSON.stringify(data, opened(ref))}`);
        await walk(ref);
      }
    }
  };
  await walk(db);
  return records;
}

function opened({ path }: DocumentReference) {
  return (_: string, value: unknown): unknown => {
    const sealed = value as Sealed | null;
    if (typeof sealed?.dataKey !== 'string') return value;
    const places = [path, `${path} reads request`];
    for (const place of places) {
      try {
        return Buffer.from(vault.open(place, sealed)).toString('latin1');
      } catch {}
    }
    return value;
  };
}

/** The paths of all records that hold one of these texts. */
export async function recordsWith(needles: readonly string[]): Promise<string[]> {
  const records = [...(await readEverything())];
  return records.filter(([, text]) => needles.some((needle) => text.includes(needle))).map(([path]) => path);
}
