import type { Query } from 'firebase-admin/firestore';

/** What one batch can hold. */
const MOST_AT_ONCE = 400;

/** Deletes all records that a query finds, page after page. */
export async function deleteFound(query: Query): Promise<void> {
  const some = query.limit(MOST_AT_ONCE);
  for (let found = await some.get(); !found.empty; found = await some.get()) {
    const batch = query.firestore.batch();
    for (const { ref } of found.docs) batch.delete(ref);
    await batch.commit();
  }
}
