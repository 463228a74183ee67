/**
 * Writes into records of earlier releases what their schemas put in place of what they lack, so that a default can be dropped.
 * What a record holds is never changed, and nothing is written that reading it does not say already.
 */
import type {
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  QueryDocumentSnapshot,
} from 'firebase-admin/firestore';
import { z } from 'zod';
import { intentSchema } from '../trading/domain/intent.ts';
import { ledgerSchema } from '../trading/domain/trading-state.ts';
import { storedConnection } from './connections.ts';
import { storedApiKey } from './credentials/api-keys.ts';
import { storedGrant } from './credentials/grants.ts';
import { pages } from './database/pages.ts';
import { FAILED_PRECONDITION, isStatus, NOT_FOUND } from './database/status.ts';
import { withDates } from './database/stored-fields.ts';
import { storedTurns } from './keep-alives.ts';
import { storedChannel } from './news/channels.ts';
import { storedDelivery } from './news/deliveries.ts';
import { storedDocument } from './oidc/client-documents.ts';
import { storedSession } from './sessions.ts';
import { storedSignIns } from './sign-ins.ts';

type Fields = Readonly<Record<string, unknown>>;

/** How the records of a collection are read; of some by several, each for its part. Those of the audit are proven as they are. */
const READ_BY: Readonly<Record<string, readonly z.ZodType[]>> = {
  connections: [storedConnection],
  apiKeys: [storedApiKey],
  grants: [storedGrant],
  sessions: [storedSession, storedTurns],
  trading: [ledgerSchema],
  orderIntents: [intentSchema],
  channels: [storedChannel],
  deliveries: [storedDelivery],
  signIns: [storedSignIns],
  clientDocuments: [storedDocument],
};
/** Whose schemas read times as dates. */
const READ_WITH_DATES = ['orderIntents'];

const AT_ONCE = 20;

/** How far a collection has come. */
export interface MigrationReport {
  collection: string;
  records: number;
  /** Records that lacked something. */
  older: number;
  /** Those of them that have it now. */
  rewritten: number;
  /** What could not be read or written, and why. */
  failed: { path: string; reason: string }[];
}

/**
 * Goes through everything. May be ended at any moment and begun again, and run while the service does: a record is written
 * only as long as it is as it was read.
 * @param options.isDryRun Only counts.
 * @param options.onPage Told after every page of records.
 */
export async function migrateAll(
  db: Firestore,
  { isDryRun, onPage = () => {} }: { isDryRun: boolean; onPage?: (report: MigrationReport) => void },
): Promise<MigrationReport[]> {
  const reports: MigrationReport[] = [];
  for (const collection of Object.keys(READ_BY)) {
    const report: MigrationReport = { collection, records: 0, older: 0, rewritten: 0, failed: [] };
    for await (const page of pages(db.collectionGroup(collection))) {
      for (let start = 0; start < page.length; start += AT_ONCE) {
        await Promise.all(
          page.slice(start, start + AT_ONCE).map((record) => migrate(record, report, isDryRun)),
        );
      }
      onPage(report);
    }
    reports.push(report);
  }
  return reports;
}

async function migrate(
  found: QueryDocumentSnapshot,
  report: MigrationReport,
  isDryRun: boolean,
): Promise<void> {
  report.records += 1;
  try {
    if (lacking(report.collection, found.data()) === null) return;
    report.older += 1;
    if (isDryRun) return;
    await fillUp(report.collection, found);
    report.rewritten += 1;
  } catch (error) {
    report.failed.push({ path: found.ref.path, reason: reasonOf(error) });
  }
}

async function fillUp(collection: string, found: DocumentSnapshot): Promise<void> {
  const { ref } = found;
  for (let record = found; record.exists; record = await ref.get()) {
    const fields = lacking(collection, record.data() ?? {});
    if (fields === null || (await writeUnchanged(ref, record, fields))) return;
  }
}

/** @returns false where it was changed meanwhile; who deleted it has the last word. */
async function writeUnchanged(
  ref: DocumentReference,
  { updateTime }: DocumentSnapshot,
  fields: Fields,
): Promise<boolean> {
  try {
    await ref.update({ ...fields }, updateTime === undefined ? {} : { lastUpdateTime: updateTime });
    return true;
  } catch (error) {
    if (isStatus(error, FAILED_PRECONDITION) || isStatus(error, NOT_FOUND)) return false;
    throw error;
  }
}

/** The fields of a record that lack something, as they are to be; null: it lacks nothing. */
function lacking(collection: string, data: Fields): Fields | null {
  const read = READ_WITH_DATES.includes(collection) ? withDates(data) : data;
  let full: unknown = data;
  for (const schema of READ_BY[collection] ?? []) full = filledUp(full, schema.parse(read));
  const fields = Object.entries(full as Fields).filter(([name, value]) => value !== data[name]);
  return fields.length === 0 ? null : Object.fromEntries(fields);
}

/** What is stored, with what reading it has put in, in all depths; the very same where nothing was. */
function filledUp(stored: unknown, read: unknown): unknown {
  if (Array.isArray(stored) && Array.isArray(read)) {
    if (stored.length !== read.length) return stored;
    const items = stored.map((item, index) => filledUp(item, read[index]));
    return items.every((item, index) => item === stored[index]) ? stored : items;
  }
  if (!isMap(stored) || !isMap(read)) return stored;
  const added = Object.entries(read).flatMap(([name, value]) => {
    const is = name in stored ? filledUp(stored[name], value) : value;
    return is === undefined || is === stored[name] ? [] : [[name, is]];
  });
  return added.length === 0 ? stored : { ...stored, ...Object.fromEntries(added) };
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** In a line: of a record that is not understood, the fields. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return error instanceof Error ? error.message : 'It failed.';
}
