/** What went wrong of late on a connection. */
import type { Firestore } from 'firebase-admin/firestore';
import { storedCall } from '../audit.ts';
import { callsQuery } from './listed-calls.ts';

const MOST_FAILURES = 20;

const failure = storedCall.pick({ at: true, tool: true, errorCode: true, errorMessage: true });

/** An owner's calls that failed since then, the newest first; `isMore`: there were others besides. */
export async function listFailures(
  db: Firestore,
  ownerUid: string,
  { connectionId, since }: { connectionId: string; since: Date },
) {
  const { docs } = await callsQuery(db, ownerUid, { connectionId, since, outcome: 'error' })
    .orderBy('at', 'desc')
    .limit(MOST_FAILURES)
    .select('at', 'tool', 'errorCode', 'errorMessage')
    .get();
  const found = docs.map((document) => failure.parse(document.data()));
  return { found, isMore: found.length === MOST_FAILURES };
}
