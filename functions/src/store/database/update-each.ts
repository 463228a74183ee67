import type { DocumentReference, Firestore, UpdateData } from 'firebase-admin/firestore';
import { isStatus, NOT_FOUND } from './status.ts';

/**
 * Updates records side by side, each by itself: whatever becomes of one, the others are written. Those that are gone stay
 * gone.
 * @throws what the first of them failed with.
 */
export async function updateEach(
  db: Firestore,
  updates: readonly { record: DocumentReference; fields: UpdateData<object> }[],
): Promise<void> {
  const writer = db.bulkWriter({ throttling: false });
  const written = updates.map(async ({ record, fields }) => {
    try {
      await writer.update(record, fields);
    } catch (error) {
      if (!isStatus(error, NOT_FOUND)) throw error;
    }
  });
  await Promise.all([Promise.all(written), writer.close()]);
}
