/** Writes to the audit, for whoever answers HTTP: no longer than a caller waits, and with a word in the log. */

import { LRUCache } from 'lru-cache';
import { BEGUN, recordCall } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import type { Appended } from '../store/audit-chain/chain-writer.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { perDatabase } from '../store/database/per-database.ts';
import * as logger from './logging/logger.ts';

type Recorded = Parameters<typeof recordCall>[1];

/** Where a chain stands is said in the log so often, which those who can write the database cannot change. */
const LOGGED_EVERY_MS = 3_600_000;
const MOST_CHAINS = 5_000;
const loggedLatelyOf = perDatabase(
  () => new LRUCache<string, true>({ max: MOST_CHAINS, ttl: LOGGED_EVERY_MS }),
);

/** Something was not begun, because the audit could not say that it was. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';

  constructor(options?: ErrorOptions) {
    super('Nothing was done, because it could not be recorded.', options);
  }
}

/** Writes what was done. Where that fails it is logged: what was done is done. */
export async function record(storage: AuditStorage, call: Recorded): Promise<void> {
  try {
    logEnd(storage, await withDeadline(recordCall(storage, call)));
  } catch (error) {
    logFailure(call, error);
  }
}

/**
 * Writes what is about to be done, for what must not be done unseen.
 * @returns the record's id, for that of its end.
 * @throws {NotRecorded} after which nothing may be done.
 */
export async function recordBegun(
  storage: AuditStorage,
  call: Omit<Recorded, 'outcome' | 'begunId'>,
): Promise<string> {
  const begun = { ...call, outcome: BEGUN };
  try {
    const appended = await withDeadline(recordCall(storage, begun));
    logEnd(storage, appended);
    return appended.id;
  } catch (cause) {
    logFailure(begun, cause);
    throw new NotRecorded({ cause });
  }
}

function logFailure({ tool, outcome }: Recorded, error: unknown): void {
  logger.log('audit_unwritten', { tool, errorCode: outcome.errorCode, error });
}

function logEnd({ db }: AuditStorage, { chain, sequence, hash, afterLoss }: Appended): void {
  if (afterLoss) logger.log('audit_chain_broken', { chain, sequence });
  const loggedLately = loggedLatelyOf(db);
  if (loggedLately.has(chain)) return;
  loggedLately.set(chain, true);
  logger.log('audit_chain', { chain, sequence, hash });
}
