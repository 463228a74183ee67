import type { DocumentReference, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { LRUCache } from 'lru-cache';
import type { ApprovalMode } from '../../contract/rules/approval.ts';
import type { Scope } from '../../contract/rules/scope.ts';
import { type Connection, connectionFrom } from '../connections.ts';
import { perDatabase } from '../database/per-database.ts';
import { oidcRecord } from '../oidc/oidc-records.ts';
import { accessTokenFrom, isAccessTokenShaped } from './access-tokens.ts';
import { hashApiKey, isApiKeyShaped, looksLikeApiKey } from './api-key-format.ts';
import { type ApiKey, apiKeyFrom, findApiKey, type KeyClient, revokeAllApiKeys } from './api-keys.ts';
import { findGrant, type Grant, listGrants, revokeGrant } from './grants.ts';

/** An API key or an access token, as `/mcp` sees both. */
export interface Credential {
  source: 'api_key' | 'oauth';
  /** Of the key, or of the grant whose token it is. */
  id: string;
  /** Of a token: the OAuth client, which stays the same when it signs in again. */
  clientId?: string | undefined;
  /** What its owner knows it by: the key's label, or the name of the app. */
  label: string;
  ownerUid: string;
  connectionId: string;
  /** What it allows; null for a token that was asked for without any scope of ours. */
  scope: Scope | null;
  limits: Record<string, unknown>;
  approval: ApprovalMode | null;
  /** The ranges of addresses it may be used from; everywhere when there are none. */
  allowedIps: readonly string[];
  /** Networks that a key was used from. */
  networks: readonly string[];
  /** The program that last introduced itself with a key. */
  client: KeyClient | null;
  lastUsedAt: Date | null;
  /** The records that say when it was last used. */
  usedRecords: DocumentReference[];
}

/**
 * Which connection a credential belongs to, by the path of its record. It never changes, so remembering it lets
 * later calls read both in one round trip; both are still read every time, so nothing stale is believed.
 */
const connectionsOf = perDatabase(() => new LRUCache<string, string>({ max: 5_000 }));

/**
 * The credential and its connection, or null if the text is unknown, revoked or expired, or a token issued for
 * another resource than `resource`. What is malformed is refused without a database read.
 * @param now Storage's own time where left out: the clock of an instance may be off.
 */
export async function findCredential(
  db: Firestore,
  text: string,
  resource: string,
  now?: Date,
): Promise<{ credential: Credential; connection: Connection } | null> {
  if (looksLikeApiKey(text)) {
    if (!isApiKeyShaped(text)) return null;
    return withConnection(db, db.collection('apiKeys').doc(hashApiKey(text)), (found) =>
      keyFrom(found, now ?? found.readTime.toDate()),
    );
  }
  if (!isAccessTokenShaped(text)) return null;
  return withConnection(db, oidcRecord(db, 'AccessToken', text), (found) =>
    tokenFrom(db, found, resource, now ?? found.readTime.toDate()),
  );
}

/** What an app was allowed, and on which connection. */
interface AppAccess {
  source: Credential['source'] | 'console';
  id: string;
  clientId?: string | undefined;
  ownerUid: string;
  connectionId: string;
}

/**
 * What an owner allows an app, by its key or grant, or by the newest grant of its OAuth client on the connection where
 * that signed in again; null once all have ended. The console's own calls have no rules.
 */
export async function findAppRules(
  db: Firestore,
  { source, id, ...app }: AppAccess,
  now: Date,
): Promise<Pick<Credential, 'id' | 'label' | 'limits' | 'approval'> | null> {
  if (source === 'console') return { id, label: '', limits: {}, approval: null };
  if (source === 'oauth') {
    const asked = await findGrant(db, id);
    const isOver = asked === null || hasEnded({ ...asked, expiresAt: asked.expireAt }, now);
    const grant = isOver ? await newestGrant(db, app) : asked;
    if (grant === undefined) return null;
    return { id: grant.id, label: grant.clientName, limits: grant.limits, approval: grant.approval };
  }
  const key = await findApiKey(db, id);
  if (key === null || hasEnded(key, now)) return null;
  return { id, label: key.label, limits: key.limits, approval: key.approval };
}

/** Of an OAuth client on a connection, with which it may still place orders. */
async function newestGrant(
  db: Firestore,
  { clientId, ownerUid, connectionId }: Omit<AppAccess, 'source' | 'id'>,
): Promise<Grant | undefined> {
  const grants = clientId === undefined ? [] : await listGrants(db, { ownerUid, connectionId });
  return grants.find((grant) => grant.clientId === clientId && grant.scope === 'write');
}

/** Whether nobody can call with a key or grant any more: it was taken back, has expired or is gone. */
export async function hasAccessEnded(
  db: Firestore,
  { source, id }: Pick<Credential, 'source' | 'id'>,
  now: Date,
): Promise<boolean> {
  if (source === 'api_key') {
    const key = await findApiKey(db, id);
    return key === null || hasEnded(key, now);
  }
  const grant = await findGrant(db, id);
  return grant === null || hasEnded({ ...grant, expiresAt: grant.expireAt }, now);
}

/** Whether the key or grant of an app was taken back. */
export async function isRevoked(
  db: Firestore,
  { source, id }: { source: Credential['source'] | 'console'; id: string },
): Promise<boolean> {
  if (source === 'console') return false;
  const access = source === 'oauth' ? await findGrant(db, id) : await findApiKey(db, id);
  return access !== null && access.revokedAt !== null;
}

/** Ends everything that acts for a person whose account is disabled or gone. */
export async function revokeAllCredentials(db: Firestore, ownerUid: string): Promise<void> {
  const grants = await listGrants(db, { ownerUid });
  await Promise.all([revokeAllApiKeys(db, { ownerUid }), ...grants.map(({ id }) => revokeGrant(db, id))]);
}

async function withConnection(
  db: Firestore,
  record: DocumentReference,
  read: (snapshot: DocumentSnapshot) => Credential | null,
) {
  const connections = db.collection('connections');
  const connectionOf = connectionsOf(db);
  const remembered = connectionOf.get(record.path);
  const [snapshot, early] =
    remembered === undefined
      ? [await record.get(), undefined]
      : await db.getAll(record, connections.doc(remembered));
  const credential = snapshot === undefined ? null : read(snapshot);
  if (credential === null) return null;
  const connection = connectionFrom(early ?? (await connections.doc(credential.connectionId).get()));
  if (connection === null) return null;
  connectionOf.set(record.path, connection.id);
  return { credential, connection };
}

function keyFrom(snapshot: DocumentSnapshot, now: Date): Credential | null {
  const key = apiKeyFrom(snapshot);
  if (key === null || hasEnded(key, now)) return null;
  return { ...key, source: 'api_key', usedRecords: [snapshot.ref] };
}

function hasEnded({ revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>, now: Date): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now);
}

/** Expiry to the millisecond: the authorization server's own check tolerates clock differences. */
function tokenFrom(
  db: Firestore,
  snapshot: DocumentSnapshot,
  resource: string,
  now: Date,
): Credential | null {
  const token = accessTokenFrom(snapshot);
  if (token === null || token.expireAt <= now || token.audience !== resource) return null;
  const { grant, grantId, lastUsedAt } = token;
  const scopes = token.scope.split(' ');
  return {
    source: 'oauth',
    id: grantId,
    clientId: grant.clientId,
    label: grant.clientName,
    ownerUid: grant.ownerUid,
    connectionId: grant.connectionId,
    scope: scopes.includes('write') ? 'write' : scopes.includes('read') ? 'read' : null,
    limits: grant.limits,
    approval: grant.approval,
    allowedIps: [],
    networks: [],
    client: null,
    lastUsedAt,
    usedRecords: [snapshot.ref, db.collection('grants').doc(grantId)],
  };
}
