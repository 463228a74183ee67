/** Writes to the audit, for whoever answers HTTP: no longer than a caller waits, and with a word in the log. */
import * as logger from 'firebase-functions/logger';
import { LRUCache } from 'lru-cache';
import { recordCall } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import type { Appended } from '../store/audit-chain/chain-writer.ts';
import { withDeadline } from './in-time.ts';

/** Where a chain stands is said in the log so often, which those who can write the database cannot change. */
const LOGGED_EVERY_MS = 3_600_000;
const MOST_CHAINS = 5_000;
const loggedLately = new LRUCache<string, true>({ max: MOST_CHAINS, ttl: LOGGED_EVERY_MS });

/** @throws {Error} when the record was not written, or is not known to have been; it is logged already. */
async function mustRecord(storage: AuditStorage, call: Parameters<typeof recordCall>[1]): Promise<Appended> {
  try {
    const appended = await withDeadline(recordCall(storage, call));
    logEnd(appended);
    return appended;
  } catch (error) {
    const { errorCode } = call.outcome;
    logger.error('An audit record could not be written', { tool: call.tool, errorCode, error });
    throw error;
  }
}

/** Where it fails, that is logged: what was done is done. */
export async function record(storage: AuditStorage, call: Parameters<typeof recordCall>[1]): Promise<void> {
  await mustRecord(storage, call).catch(() => null);
}

function logEnd({ chain, sequence, hash, afterLoss }: Appended): void {
  if (afterLoss) logger.error('The end of an audit chain was gone or had been changed', { chain, sequence });
  if (loggedLately.has(chain)) return;
  loggedLately.set(chain, true);
  logger.info('An audit chain has come to', { chain, sequence, hash });
}
