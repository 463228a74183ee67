import type { Firestore } from 'firebase-admin/firestore';
import { withDeadline } from './in-time.ts';

/** What storage's clock says, which all instances see alike; that of one of them may be off. Costs a read. */
export async function storageTime(db: Firestore): Promise<Date> {
  // Of any record, which need not be there.
  const { readTime } = await withDeadline(db.doc('clock/now').get());
  return readTime.toDate();
}
