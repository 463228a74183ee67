/** What was asked of an owner's connections, as it is looked through: by what is indexed, then by what is read. */
import type { DocumentSnapshot, Firestore, Query, QueryDocumentSnapshot } from 'firebase-admin/firestore';
import { isRecordId } from '../../text/record-id.ts';
import { type StoredCall, storedCall } from '../audit.ts';

/** Any of these together: Firestore joins the indexes that each has with the owner and the time. */
const FILTERS = ['connectionId', 'outcome', 'tool', 'credentialId', 'intentId'] as const;

/** Which records of an owner; those of all that is left out. */
export interface IndexedFilter {
  connectionId?: string | undefined;
  outcome?: ListedCall['outcome'] | undefined;
  tool?: string | undefined;
  credentialId?: string | undefined;
  intentId?: string | undefined;
  /** From then on, and before then. */
  since?: Date | undefined;
  until?: Date | undefined;
}

/** What no index knows: records are read to find it. */
interface SearchedFilter {
  /** Words, all of which a record has somewhere, in whichever case. */
  text?: string | undefined;
  /** Only calls that took so many milliseconds at least. */
  slowerThan?: number | undefined;
}

/** A record as listed; times in ISO 8601. One that says that a call was begun is listed where no other says what came of it. */
export type ListedCall = Omit<StoredCall, 'at' | 'outcome'> & {
  id: string;
  at: string;
  outcome: Exclude<StoredCall['outcome'], 'begun'>;
};

/** How far a search looked: how many records, and when the oldest of them was. */
export interface Searched {
  calls: number;
  since: string | null;
}

export interface CallPage {
  items: ListedCall[];
  nextCursor: string | null;
  /** Null where nothing had to be read but what is listed. */
  searched: Searched | null;
}

/** For so long a call may still be under way. */
const LONGEST_CALL_MS = 120_000;
/** Read by one search, which then says how far it came. */
const MOST_SEARCHED = 2_000;
const SEARCHED_AT_ONCE = 500;

/** An owner's records that fit, in no order. */
export function callsQuery(db: Firestore, ownerUid: string, filter: IndexedFilter): Query {
  let query = db.collection('audit').where('ownerUid', '==', ownerUid);
  for (const field of FILTERS) {
    if (filter[field] !== undefined) query = query.where(field, '==', filter[field]);
  }
  if (filter.since !== undefined) query = query.where('at', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('at', '<', filter.until);
  return query;
}

/**
 * A page of an owner's records, the newest first. Where text or a duration is looked for, it ends after `MOST_SEARCHED`
 * records at the latest, with a cursor to go on from.
 * @param filter.cursor `nextCursor` of the page before.
 * @returns null when the cursor is none of the owner's.
 */
export async function listCalls(
  db: Firestore,
  ownerUid: string,
  filter: IndexedFilter & SearchedFilter & { cursor?: string | undefined; limit: number },
): Promise<CallPage | null> {
  const audit = db.collection('audit');
  const query = callsQuery(db, ownerUid, filter).orderBy('at', 'desc');
  let last: DocumentSnapshot | undefined;
  if (filter.cursor !== undefined) {
    last = isRecordId(filter.cursor) ? await audit.doc(filter.cursor).get() : undefined;
    if (last?.get('ownerUid') !== ownerUid) return null;
  }
  const fits = searchFor(filter);
  const searched: Searched | null = fits && { calls: 0, since: null };
  const items: ListedCall[] = [];
  for (;;) {
    const wanted = filter.limit - items.length;
    const most = searched === null ? wanted : Math.min(SEARCHED_AT_ONCE, MOST_SEARCHED - searched.calls);
    const { docs } = await (last === undefined ? query : query.startAfter(last)).limit(most).get();
    const listed = await toListedCalls(db, fits === null ? docs : docs.filter(fits));
    const taken = listed.slice(0, wanted);
    items.push(...taken);
    // Where there are more than were asked for, the next page goes on behind the last one that is told.
    const isCut = taken.length < listed.length;
    const end = isCut ? docs.findIndex(({ id }) => id === taken.at(-1)?.id) : docs.length - 1;
    last = docs[end] ?? last;
    if (searched !== null && last !== undefined) {
      searched.calls += end + 1;
      searched.since = storedCall.shape.at.parse(last.get('at')).toISOString();
    }
    // As many as were asked for, though some are left out.
    if (!isCut && docs.length < most) return { items, nextCursor: null, searched };
    const isFull = items.length >= filter.limit;
    if (isFull || (searched !== null && searched.calls >= MOST_SEARCHED)) {
      return { items, nextCursor: last?.id ?? null, searched };
    }
  }
}

/** What tells whether a record has what is looked for; null where an index tells all. */
function searchFor({
  text = '',
  slowerThan = 0,
}: SearchedFilter): ((document: QueryDocumentSnapshot) => boolean) | null {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0 && slowerThan === 0) return null;
  return (document) => {
    const call = storedCall.parse(document.data());
    if (call.milliseconds < slowerThan) return false;
    const all = [...SEARCHED_FIELDS.map((field) => call[field]), document.id].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  };
}

const SEARCHED_FIELDS = [
  'tool',
  'arguments',
  'errorCode',
  'errorMessage',
  'credentialLabel',
  'clientName',
  'clientVersion',
  'address',
  'requestId',
  'intentId',
] as const satisfies (keyof StoredCall)[];

async function toListedCalls(db: Firestore, docs: readonly QueryDocumentSnapshot[]): Promise<ListedCall[]> {
  const calls = docs.map((document) => ({ id: document.id, ...storedCall.parse(document.data()) }));
  const ended = new Set(calls.flatMap(({ begunId }) => begunId ?? []));
  const open = calls.filter(({ id, outcome }) => outcome === 'begun' && !ended.has(id)).map(({ id }) => id);
  for (const id of await listEnded(db, open)) ended.add(id);
  return calls.flatMap(({ at, outcome, ...call }) => {
    const told = { ...call, at: at.toISOString() };
    if (outcome !== 'begun') return [{ ...told, outcome }];
    if (ended.has(call.id) || Date.now() - at.getTime() < LONGEST_CALL_MS) return [];
    return [{ ...told, outcome: 'error', errorMessage: 'What came of it was not recorded.' }];
  });
}

/** Which of these calls have a record of their end. */
async function listEnded(db: Firestore, begunIds: readonly string[]): Promise<string[]> {
  const ends = begunIds.map((id) => db.collection('audit').where('begunId', '==', id).limit(1).get());
  return (await Promise.all(ends)).flatMap(({ docs }) => docs.map((end) => String(end.get('begunId'))));
}
