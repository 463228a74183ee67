/**
 * Reading and writing `oidc_{Model}/{sha256}`. What the authorization server keeps under an id is sealed, without the id.
 * Expiry is looked at on every read: Firestore's own TTL policy only cleans up, up to a day later.
 */
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from 'firebase-admin/firestore';
import { z } from 'zod';
import { tokenGrant } from '../credentials/access-tokens.ts';
import { grantFrom } from '../credentials/grants.ts';
import { runTransactionOnce } from '../database/known-commits.ts';
import { sealed, time } from '../database/stored-fields.ts';
import type { Vault } from '../vault/vault.ts';
import { oidcRecord } from './oidc-records.ts';

/** Models whose records are only ever written while their grant stands. */
const ISSUED_MODELS: readonly string[] = ['AccessToken', 'RefreshToken', 'AuthorizationCode'];

/**
 * Access tokens of one grant that are kept. Hosts have a few. Each carries a copy of the grant's rules, and an app with a
 * great many could outrun its owner, who takes it back or makes its limits stricter.
 */
const MOST_ACCESS_TOKENS = 100;

/** By how much a grant and a client outlive what is issued: so that they need not be prolonged with every token. */
const MARGIN_MS = 86_400_000;

/** Where records are kept, and what seals them. */
export interface OidcStore {
  db: Firestore;
  vault: Vault;
}

/** What the authorization server keeps under an id; its members are JSON values. */
export type OidcPayload = Record<string, unknown>;

export interface OidcRecord {
  payload: OidcPayload;
  /** When it was first used up, for codes and refresh tokens. */
  consumedAt: Date | null;
  /** How often it was used up. */
  uses: number;
  /** When that was so, by storage's clock. */
  readAt: Date;
}

/** A code or refresh token being used up. */
export interface OidcUse {
  /** How often it was, with this one. */
  uses: number;
  firstAt: Date;
  /** Now, by storage's clock: instances' differ, and a second use soon after the first is no theft. */
  at: Date;
  grantId: string;
}

const storedRecord = z.object({
  sealed,
  expireAt: time,
  consumedAt: time.nullable(),
  uses: z.number(),
  grantId: z.string().optional(),
});

/** Of an answered request for consent: the grant that came of it. */
const answerWithGrant = z.object({ consent: z.object({ grantId: z.string() }) });

/** What is no more, or was taken back, or may not be changed again: nothing is written. */
export class OidcRecordRefused extends Error {
  override readonly name = 'OidcRecordRefused';
}

/** The record of an id, or null when there is none or it has expired, by storage's clock. */
export async function findOidcRecord(
  { db, vault }: OidcStore,
  model: string,
  id: string,
): Promise<OidcRecord | null> {
  const snapshot = await oidcRecord(db, model, id).get();
  const record = liveRecord(snapshot);
  if (record === null) return null;
  const payload = JSON.parse(Buffer.from(vault.open(snapshot.ref.path, record.sealed)).toString());
  const { consumedAt, uses } = record;
  return { payload: { ...payload, jti: id }, consumedAt, uses, readAt: snapshot.readTime.toDate() };
}

/**
 * Writes a record, or writes it anew.
 * @throws {OidcRecordRefused} for a code or token of a grant that is not there or was taken back, and for a second
 * answer to one request.
 */
export async function saveOidcRecord(
  { db, vault }: OidcStore,
  model: string,
  id: string,
  { jti: _, ...payload }: OidcPayload,
  expireAt: Date,
): Promise<void> {
  const record = oidcRecord(db, model, id);
  const content = vault.seal(record.path, Buffer.from(JSON.stringify(payload)));
  const fields = { sealed: content, expireAt, consumedAt: null, uses: 0 };
  if (ISSUED_MODELS.includes(model)) {
    await db.runTransaction((transaction) => issue(db, transaction, record, payload, fields));
  } else if (model === 'Interaction') {
    await runTransactionOnce(db, record, (transaction, mark) =>
      saveInteraction(transaction, record, payload, { ...fields, ...mark }),
    );
  } else {
    await record.set({
      ...fields,
      ...(model === 'Grant' && { grantId: id }),
      ...(model === 'Client' && { registeredAt: new Date(), unused: true }),
    });
  }
}

/** How many clients registered since. */
export async function countRegistrations(db: Firestore, since: Date): Promise<number> {
  const clients = await db.collection('oidc_Client').where('registeredAt', '>', since).count().get();
  return clients.data().count;
}

/**
 * Lets the oldest clients go that registered before and that nobody ever consented to.
 * @returns how many, of `most`.
 */
export async function deleteUnusedClients(db: Firestore, before: Date, most: number): Promise<number> {
  const unused = db.collection('oidc_Client').where('unused', '==', true);
  const { docs } = await unused.where('registeredAt', '<', before).orderBy('registeredAt').limit(most).get();
  // One that is used at this moment stays, or another instance was first.
  const deleted = await Promise.allSettled(
    docs.map(({ ref, updateTime }) => ref.delete({ lastUpdateTime: updateTime })),
  );
  return deleted.filter(({ status }) => status === 'fulfilled').length;
}

/** Writes down a code or token of a grant that stands, and sees to it that the grant and the client outlive it. */
async function issue(
  db: Firestore,
  transaction: Transaction,
  record: DocumentReference,
  { grantId, clientId, scope, aud, kind }: OidcPayload,
  fields: { expireAt: Date },
): Promise<void> {
  const [grantSnapshot, clientSnapshot] = await transaction.getAll(
    db.collection('grants').doc(String(grantId)),
    oidcRecord(db, 'Client', String(clientId)),
  );
  const grant = grantSnapshot === undefined ? null : grantFrom(grantSnapshot);
  if (grant === null || grant.revokedAt !== null) throw new OidcRecordRefused('The grant was taken back.');
  const surplus = kind === 'AccessToken' ? await surplusTokens(db, transaction, grant.id) : [];
  for (const ref of surplus) transaction.delete(ref);
  const forMcp = { scope: scope ?? '', audience: aud, grant: tokenGrant(grant), lastUsedAt: null };
  transaction.set(record, { ...fields, grantId: grant.id, ...(kind === 'AccessToken' && forMcp) });
  for (const needed of [grantSnapshot, clientSnapshot]) {
    // Clients known by a document they publish have no record.
    if (needed?.exists !== true) continue;
    const changes = {
      ...(needed.get('unused') === true && { unused: false }),
      ...(needed.get('expireAt').toDate() < fields.expireAt && {
        expireAt: new Date(fields.expireAt.getTime() + MARGIN_MS),
      }),
    };
    if (Object.keys(changes).length > 0) transaction.update(needed.ref, changes);
  }
}

/** The access tokens of a grant that one more is too many for: those that end first. */
async function surplusTokens(
  db: Firestore,
  transaction: Transaction,
  grantId: string,
): Promise<DocumentReference[]> {
  const { docs } = await transaction.get(db.collection('oidc_AccessToken').where('grantId', '==', grantId));
  return docs
    .toSorted((a, b) => a.get('expireAt').toMillis() - b.get('expireAt').toMillis())
    .slice(0, Math.max(0, docs.length + 1 - MOST_ACCESS_TOKENS))
    .map(({ ref }) => ref);
}

/** Of several answers to one request for consent, the first one holds. */
async function saveInteraction(
  transaction: Transaction,
  record: DocumentReference,
  { result }: OidcPayload,
  fields: object,
): Promise<void> {
  const answered = result !== undefined;
  const { data: allowed } = answerWithGrant.safeParse(result);
  const earlier = answered ? await transaction.get(record) : undefined;
  // It is gone when the browser was sent on with an answer.
  if (earlier !== undefined && earlier.get('answered') !== false) {
    throw new OidcRecordRefused('The request was answered before.');
  }
  // By which it is found when its person goes.
  transaction.set(record, { ...fields, answered, ...(allowed && { grantId: allowed.consent.grantId }) });
}

/**
 * Uses up a code or refresh token. Of many that do so at once, exactly one gets the answer 1, one 2, and so on.
 * @returns null when it is no more.
 */
export function consumeOidcRecord({ db }: OidcStore, model: string, id: string): Promise<OidcUse | null> {
  const record = oidcRecord(db, model, id);
  return runTransactionOnce(db, record, async (transaction, mark) => {
    const snapshot = await transaction.get(record);
    const found = liveRecord(snapshot);
    if (found === null) return null;
    const at = snapshot.readTime.toDate();
    const consumed = { consumedAt: found.consumedAt ?? at, uses: found.uses + 1 };
    transaction.update(record, { ...consumed, ...mark });
    return { uses: consumed.uses, firstAt: consumed.consumedAt, at, grantId: found.grantId ?? '' };
  });
}

/** Deletes a record. @returns whether it was there; of many that do so at once, exactly one is told so. */
export function deleteOidcRecord({ db }: OidcStore, model: string, id: string): Promise<boolean> {
  const record = oidcRecord(db, model, id);
  return db.runTransaction(async (transaction) => {
    const { exists } = await transaction.get(record);
    if (exists) transaction.delete(record);
    return exists;
  });
}

function liveRecord(snapshot: DocumentSnapshot) {
  if (!snapshot.exists) return null;
  const record = storedRecord.parse(snapshot.data());
  return record.expireAt > snapshot.readTime.toDate() ? record : null;
}
