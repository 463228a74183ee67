import { type DocumentSnapshot, FieldPath, type Firestore, type Query } from 'firebase-admin/firestore';
import { z } from 'zod';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { SCOPES } from '../../contract/rules/scope.ts';
import { isRecordId } from '../../text/record-id.ts';
import { type ChangedSettings, type ChangeTerms, changeSettings } from '../changed-settings.ts';
import { time } from '../database/stored-fields.ts';
import { type NewsWriter, writeNews } from '../news/news.ts';
import { GRANT_MODELS } from '../oidc/oidc-records.ts';

export const storedGrant = z.object({
  ownerUid: z.string(),
  connectionId: z.string(),
  scope: z.enum(SCOPES),
  /** As registered, or the address of the client's metadata document. */
  clientId: z.string(),
  /** The client's own name for itself, which proves nothing. */
  clientName: z.string(),
  /** Where codes are sent: a host, or the scheme of an app on a computer. */
  redirectHost: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
  // Grants of before this was kept have none.
  /** When a code or a refresh token of it was used again, for which it was taken back. */
  replayedAt: time.nullable().default(null),
  /** When nothing that was issued for it works any more. */
  expireAt: time,
  /** What the owner allows this app, within what the connection allows. */
  limits: z.record(z.string(), z.unknown()),
  /** Who has to say yes to its orders, where that is stricter than the connection's rule. */
  approval: z.enum(APPROVAL_MODES).nullable(),
  // Grants of before there were versions have none.
  /** Grows with every change of the owner's. */
  version: z.number().default(1),
});

/**
 * `grants/{grantId}`: what a person allowed one host by one consent; the id is the authorization server's own.
 * Its codes and tokens are records of the authorization server that name it.
 */
export type Grant = z.output<typeof storedGrant> & { id: string };

/** The grant in a snapshot of `grants/{id}`, or null if there is none. */
export function grantFrom(snapshot: DocumentSnapshot): Grant | null {
  return snapshot.exists ? { id: snapshot.id, ...storedGrant.parse(snapshot.data()) } : null;
}

/** In which a host has to fetch its first tokens; each token then keeps the grant for as long as it works. */
const FIRST_TOKENS_MS = 15 * 60_000;

/** Writes down a consent. */
export async function createGrant(
  db: Firestore,
  {
    id,
    ...fields
  }: Omit<Grant, 'createdAt' | 'lastUsedAt' | 'revokedAt' | 'replayedAt' | 'expireAt' | 'version'>,
): Promise<void> {
  const createdAt = new Date();
  const expireAt = new Date(createdAt.getTime() + FIRST_TOKENS_MS);
  const unused = { lastUsedAt: null, revokedAt: null, replayedAt: null };
  const record = { ...fields, ...unused, createdAt, expireAt, version: 1 };
  const batch = db.batch();
  // Not `create`, which fails when it is repeated because its answer was lost; nobody else has the id.
  batch.set(db.collection('grants').doc(id), record);
  writeAppNews(db, batch, { id, ...record }, { type: 'app.connected', at: createdAt, isReplayed: false });
  await batch.commit();
}

function writeAppNews(
  db: Firestore,
  writer: NewsWriter,
  { id, ownerUid, connectionId, clientName: name, scope }: Grant,
  news: { type: 'app.connected' | 'app.revoked'; at: Date; isReplayed: boolean },
): void {
  writeNews(db, writer, {
    ...{ id: `${id}-${news.type.replace('.', '_')}`, ownerUid, connectionId, name, scope },
    ...news,
  });
}

/** A grant by its id, whatever its state; null if there is none. */
export async function findGrant(db: Firestore, id: string): Promise<Grant | null> {
  return grantFrom(await db.collection('grants').doc(id).get());
}

/** The owner's grant of that id; null when there is none, it is somebody else's, or it was taken back. */
export async function findOwnGrant(db: Firestore, ownerUid: string, id: string): Promise<Grant | null> {
  const grant = isRecordId(id) ? await findGrant(db, id) : null;
  return grant?.ownerUid === ownerUid && grant.revokedAt === null ? grant : null;
}

interface GrantFilter {
  ownerUid: string;
  connectionId?: string | undefined;
}

/** More than a person has apps, with one that connects anew every day among them. */
export const MOST_GRANTS = 200;

/** What an owner has allowed and not taken back, as far as it still works, the newest first. */
export async function listGrants(db: Firestore, { ownerUid, connectionId }: GrantFilter): Promise<Grant[]> {
  // Of those that are over there may be any number until the database lets them go.
  const { docs } = await db
    .collection('grants')
    .where('ownerUid', '==', ownerUid)
    .where('revokedAt', '==', null)
    .where('expireAt', '>', new Date())
    .get();
  return sortedGrants(docs, connectionId);
}

/** As many are looked through for one that was taken back. */
const MOST_LOOKED_THROUGH = 500;

/**
 * The same, and with it those that were taken back because a code or a token was used again, until the app is connected
 * anew.
 */
export async function listGrantsAndReplayed(
  db: Firestore,
  filter: GrantFilter,
): Promise<{ grants: Grant[]; replayed: (Grant & { replayedAt: Date })[] }> {
  const newest = db
    .collection('grants')
    .where('ownerUid', '==', filter.ownerUid)
    .orderBy('createdAt', 'desc')
    .limit(MOST_LOOKED_THROUGH);
  const [grants, { docs }] = await Promise.all([listGrants(db, filter), newest.get()]);
  const all = sortedGrants(docs, filter.connectionId);
  const replayed = all.flatMap((grant) => {
    const { replayedAt } = grant;
    if (replayedAt === null) return [];
    const isAnew = all.some((other) => other.createdAt > replayedAt && isSameApp(other, grant));
    return isAnew ? [] : [{ ...grant, replayedAt }];
  });
  return { grants, replayed };
}

/** Those of a connection, or of all, the newest first. */
function sortedGrants(documents: readonly DocumentSnapshot[], connectionId: string | undefined): Grant[] {
  return documents
    .map(grantFrom)
    .filter((grant) => grant !== null)
    .filter((grant) => connectionId === undefined || grant.connectionId === connectionId)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/** Hosts that register anew for every connection are known by their name and where they are answered. */
function isSameApp(one: Grant, other: Grant): boolean {
  if (one.connectionId !== other.connectionId) return false;
  if (one.clientId === other.clientId) return true;
  return one.clientName === other.clientName && one.redirectHost === other.redirectHost;
}

/**
 * Takes a grant back: its codes and tokens are gone, and no more are issued for it, from the next call on. Of refresh
 * tokens, which nothing is issued for any more, an app may have used so many that the last ones are left to expire.
 * @param isReplayed A code or a token of it was used again.
 * @returns false when there is no such grant.
 */
export async function revokeGrant(db: Firestore, id: string, isReplayed = false): Promise<boolean> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const removed = await revokeSome(db, id, isReplayed);
    if (removed === null) return false;
    if (!removed.includes(PAGE)) break;
  }
  return true;
}

/** @returns how many records of each kind were deleted; null when there is no such grant. */
function revokeSome(db: Firestore, id: string, isReplayed: boolean): Promise<number[] | null> {
  const record = db.collection('grants').doc(id);
  return db.runTransaction(async (transaction) => {
    const grant = grantFrom(await transaction.get(record));
    if (grant === null) return null;
    const pages = await Promise.all(
      GRANT_MODELS.map((model) => transaction.get(recordsOfGrant(db, model, id).limit(PAGE))),
    );
    if (grant.revokedAt === null) {
      const now = new Date();
      transaction.update(record, { revokedAt: now, ...(isReplayed && { replayedAt: now }) });
      writeAppNews(db, transaction, grant, { type: 'app.revoked', at: now, isReplayed });
    }
    for (const { ref } of pages.flatMap(({ docs }) => docs)) transaction.delete(ref);
    return pages.map(({ size }) => size);
  });
}

/** Takes back every grant on a connection. @returns how many there were. */
export async function revokeConnectionGrants(
  db: Firestore,
  connection: { id: string; ownerUid: string },
): Promise<number> {
  const grants = await listGrants(db, { ownerUid: connection.ownerUid, connectionId: connection.id });
  await Promise.all(grants.map(({ id }) => revokeGrant(db, id)));
  return grants.length;
}

/**
 * Changes what a grant's app may do, as `changeSettings` does; its tokens heed it from the next call on.
 * @returns null when there is no such grant.
 * @throws {ChangedElsewhere} or what the check throws.
 */
export async function changeGrantRules(
  db: Firestore,
  id: string,
  rules: Partial<Pick<Grant, 'limits' | 'approval'>>,
  terms: ChangeTerms<Grant> = {},
): Promise<ChangedSettings<Grant> | null> {
  const change = await changeSettings(db.collection('grants').doc(id), grantFrom, rules, terms);
  if (change !== null) await copyToTokens(db, id);
  return change;
}

async function copyToTokens(db: Firestore, id: string): Promise<void> {
  const record = db.collection('grants').doc(id);
  let rest = recordsOfGrant(db, 'AccessToken', id);
  for (;;) {
    const page = await db.runTransaction(async (transaction) => {
      // Another change may have come meanwhile.
      const grant = grantFrom(await transaction.get(record));
      const { docs } = await transaction.get(rest.limit(PAGE));
      if (grant === null) return [];
      const current = { 'grant.limits': grant.limits, 'grant.approval': grant.approval };
      for (const { ref } of docs) transaction.update(ref, current);
      return docs;
    });
    if (page.length < PAGE) return;
    rest = rest.startAfter(page.at(-1));
  }
}

/** As many records of one kind are changed at a time: a transaction can get too large. */
const PAGE = 200;
/** More pages than access tokens and codes have. */
const MOST_ROUNDS = 10;

function recordsOfGrant(db: Firestore, model: string, grantId: string): Query {
  return db.collection(`oidc_${model}`).where('grantId', '==', grantId).orderBy(FieldPath.documentId());
}
