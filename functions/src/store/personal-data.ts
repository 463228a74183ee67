/** All that is kept of one person, whichever collection it is in: to be read, and to be deleted. */
import {
  type CollectionReference,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  type Firestore,
  type Query,
} from 'firebase-admin/firestore';
import { z } from 'zod';
import { DATA_PARTS, type DataPage, type DataPart } from '../contract/account.ts';
import { isRecordId } from '../text/record-id.ts';
import type { AccountDeletion } from './account-deletions.ts';
import { sealed, withDates } from './database/stored-fields.ts';
import { openTarget } from './news/channels.ts';
import type { Vault } from './vault/vault.ts';

const PAGE = 200;

/** The ids of what a person has, which other records are found by. */
export async function findBelongings(
  db: Firestore,
  uid: string,
): Promise<Pick<AccountDeletion, 'connectionIds' | 'grantIds'>> {
  const [connections, grants] = await Promise.all(
    ['connections', 'grants'].map((name) => db.collection(name).where('ownerUid', '==', uid).select().get()),
  );
  const ids = (found: typeof connections) => found?.docs.map(({ id }) => id) ?? [];
  return { connectionIds: ids(connections), grantIds: ids(grants) };
}

/**
 * Deletes every record of a person: those that name them, their connections or their grants, in whichever collection.
 * Connections and grants go after what is found by them, so that it may be ended at any moment and begun again.
 */
export async function deleteRecords(db: Firestore, belongings: AccountDeletion): Promise<void> {
  const collections = await db.listCollections();
  await Promise.all(
    collections
      .filter(({ id }) => !['accountDeletions', 'connections', 'grants'].includes(id))
      .map((collection) => deleteFrom(collection, belongings)),
  );
  for (const id of belongings.grantIds) await db.collection('grants').doc(id).delete();
  for (const id of belongings.connectionIds) await deleteTree(db.collection('connections').doc(id));
}

async function deleteFrom(
  collection: CollectionReference,
  { uid, connectionIds, grantIds }: AccountDeletion,
): Promise<void> {
  for (const id of grantIds) await deleteFound(collection.where('grantId', '==', id));
  // Codes, tokens and requests for consent are named by hashes and belong to grants.
  if (collection.id.startsWith('oidc_')) return;
  await deleteFound(collection.where('ownerUid', '==', uid));
  await deleteTree(collection.doc(uid));
  for (const id of connectionIds) {
    await deleteFound(collection.where('connectionId', '==', id));
    await deleteTree(collection.doc(id));
  }
}

async function deleteFound(query: Query): Promise<void> {
  for (;;) {
    const { docs } = await query.limit(PAGE).get();
    if (docs.length === 0) return;
    for (const { ref } of docs) await deleteBelow(ref);
    const batch = query.firestore.batch();
    for (const { ref } of docs) batch.delete(ref);
    await batch.commit();
  }
}

/** A record, if it is there, with all that is below it; itself last. */
async function deleteTree(record: DocumentReference): Promise<void> {
  await deleteBelow(record);
  if ((await record.get()).exists) await record.delete();
}

async function deleteBelow(record: DocumentReference): Promise<void> {
  for (const collection of await record.listCollections()) await deleteFound(collection);
}

/** The collection of each part. */
const COLLECTIONS: Record<DataPart, string> = {
  account: 'users',
  connections: 'connections',
  sessions: 'sessions',
  keys: 'apiKeys',
  apps: 'grants',
  orders: 'orderIntents',
  news: 'news',
  channels: 'channels',
  deliveries: 'deliveries',
  watches: 'priceWatches',
  activity: 'audit',
};

const DATA_PAGE = 100;
/** A part, and the last record of it that was read. */
const CURSOR = /^([a-z]+)(?:\/(.+))?$/;

/**
 * What is kept of a person, page after page: every field of every record, but for what is sealed. Of what is, their address
 * for mail is told.
 * @param cursor `nextCursor` of the page before.
 * @returns null when the cursor is none.
 */
export async function readData(
  { db, vault }: { db: Firestore; vault: Vault },
  uid: string,
  cursor: string | undefined,
): Promise<DataPage | null> {
  const [, name, after = ''] = CURSOR.exec(cursor ?? DATA_PARTS[0]) ?? [];
  const part = DATA_PARTS.find((one) => one === name);
  if (part === undefined || (after !== '' && !isRecordId(after))) return null;
  const docs = await (part === 'account'
    ? accountRecord(db, uid)
    : part === 'sessions'
      ? sessionRecords(db, uid, after)
      : ownRecords(db.collection(COLLECTIONS[part]), uid, after));
  const items = await Promise.all(docs.map((record) => item(record, part, vault)));
  const next = DATA_PARTS[DATA_PARTS.indexOf(part) + 1];
  const last = docs.at(-1)?.id;
  const isWhole = docs.length < DATA_PAGE || last === undefined;
  return { part, items, nextCursor: isWhole ? (next ?? null) : `${part}/${last}` };
}

async function accountRecord(db: Firestore, uid: string) {
  const record = await db.collection(COLLECTIONS.account).doc(uid).get();
  return record.exists ? [record] : [];
}

async function ownRecords(collection: CollectionReference, uid: string, after: string) {
  const own = collection.where('ownerUid', '==', uid).orderBy(FieldPath.documentId()).limit(DATA_PAGE);
  return (await (after === '' ? own : own.startAfter(after)).get()).docs;
}

/** Of their connections, whose ids they have. */
async function sessionRecords(db: Firestore, uid: string, after: string) {
  const connections = await ownRecords(db.collection(COLLECTIONS.connections), uid, after);
  if (connections.length === 0) return [];
  return db.getAll(...connections.map(({ id }) => db.collection(COLLECTIONS.sessions).doc(id)));
}

const exactlySealed = z.strictObject(sealed.shape);

async function item(
  record: DocumentSnapshot,
  part: DataPart,
  vault: Vault,
): Promise<Record<string, unknown>> {
  const fields = withoutSealed(withDates(record.data() ?? {})) as Record<string, unknown>;
  if (part === 'channels' && fields.kind === 'email') {
    return { id: record.id, ...fields, address: mailAddress(record, vault) };
  }
  if (part !== 'connections') return { id: record.id, ...fields };
  const ledger = await record.ref.collection('trading').doc('register').get();
  return { id: record.id, ...fields, ledger: withDates(ledger.data() ?? null) };
}

const mailTarget = z.object({ address: z.string() });

function mailAddress(record: DocumentSnapshot, vault: Vault): string {
  const target = sealed.parse(record.get('target'));
  return mailTarget.parse(openTarget(vault, { id: record.id, target })).address;
}

function withoutSealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSealed);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (exactlySealed.safeParse(value).success) return '(sealed)';
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutSealed(field)]));
}
