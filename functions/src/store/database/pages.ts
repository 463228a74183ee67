import { FieldPath, type Query, type QueryDocumentSnapshot } from 'firebase-admin/firestore';

const PAGE = 200;

/** All records of a query, a page at a time, in the order of their ids: what changes meanwhile moves none of them. */
export async function* pages(query: Query): AsyncGenerator<QueryDocumentSnapshot[]> {
  const byId = query.orderBy(FieldPath.documentId()).limit(PAGE);
  let { docs } = await byId.get();
  while (docs.length > 0) {
    yield docs;
    ({ docs } = await byId.startAfter(docs.at(-1)).get());
  }
}
