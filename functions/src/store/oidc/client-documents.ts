import { createHash } from 'node:crypto';
import type { DocumentReference, Firestore } from 'firebase-admin/firestore';
import { z } from 'zod';
import { time } from '../database/stored-fields.ts';

/**
 * `clientDocuments/{sha256 of the address}`: what a client last published of itself. It outlives the time for which it
 * may be used unasked, so that an outage of the client's own server does not end what its users connected.
 */
export interface ClientDocument {
  /** JSON, as received. */
  text: string;
  /** Until then it need not be asked for again. */
  freshUntil: Date;
  /** Since when its address says that there is none, without having said anything else in between. */
  goneSince: Date | null;
}

/** How long it is kept after it was last received. */
const KEPT_MS = 30 * 86_400_000;

export const storedDocument = z.object({
  text: z.string(),
  freshUntil: time,
  goneSince: time.nullable().default(null),
  expireAt: time,
});

/** The last document of an address, or null when there is none. */
export async function findClientDocument(
  db: Firestore,
  address: string,
  now: Date,
): Promise<ClientDocument | null> {
  const snapshot = await documentOf(db, address).get();
  if (!snapshot.exists) return null;
  const { expireAt, ...document } = storedDocument.parse(snapshot.data());
  return expireAt > now ? document : null;
}

export async function saveClientDocument(
  db: Firestore,
  address: string,
  document: ClientDocument,
  now: Date,
): Promise<void> {
  await documentOf(db, address).set({ ...document, expireAt: new Date(now.getTime() + KEPT_MS) });
}

export async function noteClientDocumentGone(db: Firestore, address: string, now: Date): Promise<void> {
  await documentOf(db, address).update({ goneSince: now });
}

/** Forgets a document that its address no longer has. */
export async function deleteClientDocument(db: Firestore, address: string): Promise<void> {
  await documentOf(db, address).delete();
}

function documentOf(db: Firestore, address: string): DocumentReference {
  return db.collection('clientDocuments').doc(createHash('sha256').update(address).digest('hex'));
}
