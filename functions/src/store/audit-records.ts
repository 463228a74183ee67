/** Records of the audit as they are kept, chain by chain: with them a reader can follow each chain from hash to hash. */
import { FieldPath, type Firestore } from 'firebase-admin/firestore';
import { isRecordId } from '../text/record-id.ts';
import { type StoredCall, storedCall } from './audit.ts';
import { link } from './audit-chain/chain.ts';

/** Of before there were chains: null. */
type Place = { sequence: number; previous: string | null; hash: string; expireAt: Date } | null;

export type AuditRecord = StoredCall & { id: string; place: Place };

/**
 * A page of an owner's records, in the order of their ids: those of a chain follow each other.
 * @param filter.cursor `nextCursor` of the page before.
 * @returns null when the cursor is none.
 */
export async function listRecords(
  db: Firestore,
  ownerUid: string,
  filter: { connectionId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: AuditRecord[]; nextCursor: string | null } | null> {
  const { connectionId, cursor, limit } = filter;
  if (cursor !== undefined && !isRecordId(cursor)) return null;
  let query = db.collection('audit').where('ownerUid', '==', ownerUid);
  // Equalities and the id need no index of their own.
  if (connectionId !== undefined) query = query.where('connectionId', '==', connectionId);
  query = query.orderBy(FieldPath.documentId());
  const { docs } = await (cursor === undefined ? query : query.startAfter(cursor)).limit(limit).get();
  const items = docs.map((document) => {
    const { data: known } = link.safeParse(document.data());
    const place = known === undefined ? null : { ...known, expireAt: known.expireAt.toDate() };
    return { ...storedCall.parse(document.data()), id: document.id, place };
  });
  return { items, nextCursor: docs.length < limit ? null : (docs.at(-1)?.id ?? null) };
}
