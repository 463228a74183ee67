import type { DocumentReference, DocumentSnapshot, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { ACCOUNT_MODES, CONNECTION_KINDS } from '../contract/connection-kind.ts';
import { APPROVAL_MODES } from '../contract/rules/approval.ts';
import { GatewayError } from '../errors.ts';
import { isRecordId } from '../text/record-id.ts';
import { applySettings, type ChangedSettings, type ChangeTerms, checkVersion } from './changed-settings.ts';
import { type CreatedApiKey, newApiKey } from './credentials/api-keys.ts';
import { revokeConnectionGrants } from './credentials/grants.ts';
import { deleteFound } from './database/delete-found.ts';
import { runTransactionOnce } from './database/known-commits.ts';
import { milliseconds, type Sealed, sealed, time } from './database/stored-fields.ts';
import { channelsOf } from './news/channels.ts';
import { storedPanic } from './orders/panics.ts';
import type { Vault } from './vault/vault.ts';

export const storedConnection = z.object({
  ownerUid: z.string(),
  kind: z.enum(CONNECTION_KINDS),
  mode: z.enum(ACCOUNT_MODES),
  label: z.string(),
  /** The account tools use when none is named; null until one is chosen. */
  currentAccountId: z.string().nullable(),
  /** Whether the brokerage session may be taken from TWS or mobile. */
  allowTakeover: z.boolean(),
  /** What the owner allows; `contract/rules/limits.ts` says what it holds. */
  limits: z.record(z.string(), z.unknown()),
  /** Who has to say yes to an order; null: what is usual for the mode and the kind of app. */
  approval: z.enum(APPROVAL_MODES).nullable(),
  /** Message ids of IBKR's order warnings that need no yes. */
  acceptedWarnings: z.array(z.string()),
  /** The stop that is on, if one is. */
  panic: storedPanic.nullable().default(null),
  /** Grows with every change of the owner's, which an already opened connection has to notice. */
  version: z.number(),
  /** IBKR answered 429: no call to it before this moment (ms since 1970). */
  pacedUntil: milliseconds.nullable(),
  /** Whether its owner has, or had, channels: news is then told at once. */
  hasChannels: z.boolean().default(false),
  createdAt: time,
});

/** One way to one IBKR login. `connections/{id}`; its secrets are kept apart, in `vault/{id}`. */
export type Connection = z.output<typeof storedConnection> & { id: string };

/** The connection in a snapshot of `connections/{id}`, or null if there is none. */
export function connectionFrom(snapshot: DocumentSnapshot): Connection | null {
  return snapshot.exists ? { id: snapshot.id, ...storedConnection.parse(snapshot.data()) } : null;
}

/** Where what connections sign in with is kept: passwords apart, sealed by a ring that only `signIn` has. */
export type SecretsCollection = 'vault' | 'signInVault';

/** What a connection signs in with, as any JSON value, and what seals it. */
export interface ConnectionSecrets {
  vault: { seal(place: string, value: Uint8Array): Sealed | Promise<Sealed> };
  value: unknown;
  /** `vault` where it is left out. */
  collection?: SecretsCollection;
}

/** The owner has as many connections as they may. */
export class TooManyConnections extends Error {
  override readonly name = 'TooManyConnections';
}

/**
 * Creates a connection together with its read & write key named `default`.
 * @param most How many the owner may have; any number when left out.
 * @throws {TooManyConnections}
 */
export async function createConnection(
  db: Firestore,
  fields: Pick<Connection, 'ownerUid' | 'kind' | 'mode' | 'label'> & { acceptedWarnings?: string[] },
  secrets?: ConnectionSecrets,
  most?: number,
): Promise<{ connection: Connection; key: CreatedApiKey }> {
  const record = db.collection('connections').doc();
  const stored = {
    ...fields,
    currentAccountId: null,
    allowTakeover: false,
    limits: {},
    approval: null,
    acceptedWarnings: fields.acceptedWarnings ?? [],
    panic: null,
    version: 1,
    pacedUntil: null,
    hasChannels: false,
    createdAt: new Date(),
  };
  const connection: Connection = { id: record.id, ...stored };
  const key = newApiKey({ connection, label: 'Default', scope: 'write' });
  const kept = secrets && (await sealedSecrets(db, record.id, secrets));
  await runTransactionOnce(db, record, async (transaction, mark) => {
    const channels = await transaction.get(channelsOf(db, fields.ownerUid).limit(1).select());
    connection.hasChannels = !channels.empty;
    if (most !== undefined) {
      const owned = db.collection('connections').where('ownerUid', '==', fields.ownerUid).select();
      if ((await transaction.get(owned)).size >= most) {
        throw new TooManyConnections(`Nobody may have more than ${most} connections here.`);
      }
    }
    // Not `create`, which fails when Firestore's client repeats it; nobody else has these ids.
    transaction.set(record, { ...stored, hasChannels: connection.hasChannels, ...mark });
    transaction.set(db.collection('apiKeys').doc(key.id), key.record);
    if (kept !== undefined) transaction.set(...kept);
  });
  return { connection, key };
}

/** The connection of that id, whoever owns it: for what the service does by itself. */
export async function readConnection(db: Firestore, id: string): Promise<Connection | null> {
  return connectionFrom(await db.collection('connections').doc(id).get());
}

/** The owner's connection of that id; null when there is none or it is somebody else's. */
export async function findConnection(
  db: Firestore,
  ownerUid: string,
  id: string,
): Promise<Connection | null> {
  if (!isRecordId(id)) return null;
  const connection = await readConnection(db, id);
  return connection?.ownerUid === ownerUid ? connection : null;
}

/** All connections of an owner, oldest first. */
export async function listConnections(db: Firestore, ownerUid: string): Promise<Connection[]> {
  const found = await db.collection('connections').where('ownerUid', '==', ownerUid).get();
  return found.docs
    .map(connectionFrom)
    .filter((connection) => connection !== null)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** What the owner may change of a connection. */
export type ChangeableField =
  | 'label'
  | 'mode'
  | 'currentAccountId'
  | 'allowTakeover'
  | 'limits'
  | 'approval'
  | 'acceptedWarnings';

/**
 * Changes a connection, as `changedSettings` does. New secrets replace the old ones and clear what IBKR's refusal of
 * those had left: the session begins anew. The turns that were taken stay, for they may be of the same login.
 * @returns null when there is no such connection.
 * @throws {ChangedElsewhere} or what the check throws.
 */
export async function updateConnection(
  db: Firestore,
  id: string,
  changes: Partial<Pick<Connection, ChangeableField>>,
  { secrets, known, check }: ChangeTerms<Connection> & { secrets?: ConnectionSecrets | undefined } = {},
): Promise<ChangedSettings<Connection> | null> {
  const record = db.collection('connections').doc(id);
  const session = db.collection('sessions').doc(id);
  const kept = secrets && (await sealedSecrets(db, id, secrets));
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const turns = kept === undefined ? undefined : (await transaction.get(session)).get('turns');
    const before = connectionFrom(await transaction.get(record));
    if (before === null) return null;
    checkVersion(before, known);
    const change = applySettings(before, keepStopped(before, changes));
    if (change.after === before && kept === undefined) return change;
    const version = before.version + 1;
    const stop = isResumed(before, changes) ? { panic: null } : {};
    const after: Connection = { ...change.after, version, ...stop };
    check?.(before, after);
    const { label, mode, currentAccountId, allowTakeover, limits, approval, acceptedWarnings } = after;
    const settings = { label, mode, currentAccountId, allowTakeover, limits, approval, acceptedWarnings };
    transaction.update(record, { ...settings, version, ...stop, ...mark });
    if (kept !== undefined) {
      transaction.set(...kept);
      if (turns === undefined) transaction.delete(session);
      else transaction.set(session, { turns });
    }
    return { ...change, after };
  });
}

/**
 * Whether a change ends a stop. Only who expressly lets trading on again does that: what is ordered from then on must
 * not be cancelled by it. Other limits may have been looked at before the stop.
 */
function isResumed({ panic }: Connection, { limits }: Partial<Pick<Connection, 'limits'>>): boolean {
  return panic !== null && limits?.trading === true;
}

/** A change while a stop is on that does not end it leaves trading off. */
function keepStopped(
  before: Connection,
  changes: Partial<Pick<Connection, ChangeableField>>,
): Partial<Pick<Connection, ChangeableField>> {
  if (before.panic === null || changes.limits === undefined || isResumed(before, changes)) return changes;
  return { ...changes, limits: { ...changes.limits, trading: false } };
}

/** Turns trading off, whatever the connection's other settings are. Cancels nothing. Nothing where there is none such. */
export async function turnTradingOff(db: Firestore, id: string): Promise<void> {
  const record = db.collection('connections').doc(id);
  await db.runTransaction(async (transaction) => {
    const connection = connectionFrom(await transaction.get(record));
    if (connection === null || connection.limits.trading === false) return;
    transaction.update(record, { 'limits.trading': false, version: connection.version + 1 });
  });
}

/** Deletes a connection with its keys, grants, secrets, session, orders, news and channels. Its audit records stay until they expire. */
export async function deleteConnection(
  db: Firestore,
  { id, ownerUid }: Pick<Connection, 'id' | 'ownerUid'>,
): Promise<void> {
  // First what would open the account, should anything after it fail.
  for (const collection of ['signInVault', 'unfinishedSignIns'])
    await db.collection(collection).doc(id).delete();
  await revokeConnectionGrants(db, { id, ownerUid });
  const keys = await db.collection('apiKeys').where('connectionId', '==', id).get();
  const batch = db.batch();
  for (const collection of ['connections', 'vault', 'sessions'])
    batch.delete(db.collection(collection).doc(id));
  batch.delete(db.doc(`connections/${id}/trading/register`));
  for (const key of keys.docs) batch.delete(key.ref);
  await batch.commit();
  // What was under way may still write what became of it until then, and somebody have made another key or consented.
  await revokeConnectionGrants(db, { id, ownerUid });
  for (const collection of ['apiKeys', 'orderIntents', 'news', 'channels', 'deliveries']) {
    await deleteFound(db.collection(collection).where('connectionId', '==', id));
  }
}

/**
 * For who just made access to a connection: where it was deleted meanwhile, that access goes with it.
 * @returns whether the connection is still there.
 */
export async function isStillThere(
  db: Firestore,
  { id, ownerUid }: Pick<Connection, 'id' | 'ownerUid'>,
): Promise<boolean> {
  if ((await findConnection(db, ownerUid, id)) !== null) return true;
  await deleteConnection(db, { id, ownerUid });
  return false;
}

/** Makes `accountId` the account that tools use when none is named. */
export async function setCurrentAccount(
  db: Firestore,
  connectionId: string,
  accountId: string,
): Promise<void> {
  await db.collection('connections').doc(connectionId).update({ currentAccountId: accountId });
}

async function sealedSecrets(
  db: Firestore,
  id: string,
  { vault, value, collection = 'vault' }: ConnectionSecrets,
): Promise<[DocumentReference, Sealed]> {
  const place = db.collection(collection).doc(id);
  return [place, await vault.seal(place.path, Buffer.from(JSON.stringify(value)))];
}

/**
 * What the connection signs in with, as it was given to `createConnection` or `updateConnection`.
 * @throws {GatewayError} where there is nothing of it.
 */
export async function readSecrets(
  db: Firestore,
  vault: Vault,
  connectionId: string,
  collection: SecretsCollection = 'vault',
): Promise<unknown> {
  const snapshot = await db.collection(collection).doc(connectionId).get();
  if (!snapshot.exists) throw nothingStoredError();
  const opened = vault.open(snapshot.ref.path, sealed.parse(snapshot.data()));
  return JSON.parse(Buffer.from(opened).toString());
}

function nothingStoredError(): GatewayError {
  return new GatewayError(
    'session_expired',
    'What this connection signs in to IBKR with is not stored here any more.',
    'Enter it again in the settings of the connection.',
  );
}
