/** What went wrong of late on a connection. */
import type { Firestore } from 'firebase-admin/firestore';
import { storedCall } from '../audit.ts';
import { callsQuery } from './listed-calls.ts';

const MOST_FAILURES = 20;
/** Of orders that wait for a person: recorded with a code, and no failures. */
const QUESTIONS: readonly (string | null)[] = ['approval_required', 'order_needs_reply'];

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
  const found = docs
    .map((document) => failure.parse(document.data()))
    .filter(({ errorCode }) => !QUESTIONS.includes(errorCode));
  return { found, isMore: docs.length === MOST_FAILURES };
}
