import { type DocumentSnapshot, FieldPath, type Firestore, type Query } from 'firebase-admin/firestore';
import { z } from 'zod';
import { APPROVAL_MODES } from '../../contract/rules/approval.ts';
import { SCOPES } from '../../contract/rules/scope.ts';
import { isRecordId } from '../../record-id.ts';
import { type ChangedSettings, type ChangeTerms, changeSettings } from '../changed-settings.ts';
import { time } from '../database/stored-fields.ts';
import { GRANT_MODELS } from '../oidc/oidc-records.ts';

const storedGrant = z.object({
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
  // Not `create`, which fails when it is repeated because its answer was lost; nobody else has the id.
  await db.collection('grants').doc(id).set(record);
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

/** What an owner has allowed and not taken back, as far as it still works, the newest first. */
export async function listGrants(db: Firestore, filter: GrantFilter): Promise<Grant[]> {
  return (await allGrants(db, filter)).filter(isInForce);
}

/**
 * The same, and with it those that were taken back because a code or a token was used again, until the app is connected
 * anew.
 */
export async function listGrantsAndReplayed(
  db: Firestore,
  filter: GrantFilter,
): Promise<{ grants: Grant[]; replayed: (Grant & { replayedAt: Date })[] }> {
  const all = await allGrants(db, filter);
  const replayed = all.flatMap((grant) => {
    const { replayedAt } = grant;
    if (replayedAt === null) return [];
    const isAnew = all.some((other) => other.createdAt > replayedAt && isSameApp(other, grant));
    return isAnew ? [] : [{ ...grant, replayedAt }];
  });
  return { grants: all.filter(isInForce), replayed };
}

/** Whatever their state, the newest first. */
async function allGrants(db: Firestore, { ownerUid, connectionId }: GrantFilter): Promise<Grant[]> {
  let query = db.collection('grants').where('ownerUid', '==', ownerUid);
  if (connectionId !== undefined) query = query.where('connectionId', '==', connectionId);
  const found = await query.get();
  return found.docs
    .map(grantFrom)
    .filter((grant) => grant !== null)
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

function isInForce({ revokedAt, expireAt }: Grant): boolean {
  return revokedAt === null && expireAt > new Date();
}

/** Hosts that register anew for every connection are known by their name and where they are answered. */
function isSameApp(one: Grant, other: Grant): boolean {
  if (one.connectionId !== other.connectionId) return false;
  if (one.clientId === other.clientId) return true;
  return one.clientName === other.clientName && one.redirectHost === other.redirectHost;
}

/**
 * Takes a grant back: its codes and tokens are gone, and no more are issued for it, from the next call on.
 * @param isReplayed A code or a token of it was used again.
 * @returns false when there is no such grant.
 */
export async function revokeGrant(db: Firestore, id: string, isReplayed = false): Promise<boolean> {
  const record = db.collection('grants').doc(id);
  const removed = await db.runTransaction(async (transaction) => {
    const grant = grantFrom(await transaction.get(record));
    if (grant === null) return null;
    const pages = await Promise.all(
      GRANT_MODELS.map((model) => transaction.get(recordsOfGrant(db, model, id).limit(PAGE))),
    );
    if (grant.revokedAt === null) {
      const now = new Date();
      transaction.update(record, { revokedAt: now, ...(isReplayed && { replayedAt: now }) });
    }
    for (const { ref } of pages.flatMap(({ docs }) => docs)) transaction.delete(ref);
    return pages.map(({ size }) => size);
  });
  if (removed?.includes(PAGE)) return revokeGrant(db, id, isReplayed);
  return removed !== null;
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

function recordsOfGrant(db: Firestore, model: string, grantId: string): Query {
  return db.collection(`oidc_${model}`).where('grantId', '==', grantId).orderBy(FieldPath.documentId());
}
