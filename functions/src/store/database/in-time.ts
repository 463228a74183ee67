import { within } from '../../deadline.ts';

/** Firestore's client tries for minutes, and the function is cut off after one. */
export const PATIENCE_MS = 15_000;

/** What Firestore's client gives up with while storage cannot be reached or is overloaded (gRPC's status codes). */
const STORAGE_FAILURES = [2, 4, 8, 10, 13, 14];
/** What it gives up with after it lost the answers to commits, again and again (INVALID_ARGUMENT). */
const EXPIRED = /transaction has expired/;

/** Storage did not answer as long as anybody waits for it. */
class StorageTimeout extends Error {
  override readonly name = 'StorageTimeout';

  constructor() {
    super('Storage did not answer in time.');
  }
}

/** Whether storage is the reason of a failure: it could not be reached, or did not answer. What was asked may be done. */
export function isStorageFailure(error: unknown): boolean {
  if (error instanceof StorageTimeout) return true;
  if (!(error instanceof Error) || !('code' in error)) return false;
  return STORAGE_FAILURES.includes(Number(error.code)) || EXPIRED.test(error.message);
}

/**
 * What storage answers, waited for no longer than a caller should wait.
 * @param tooLate Makes the error that is thrown otherwise.
 * @param milliseconds How long that is; other work than storage's may take longer.
 */
export function withDeadline<Result>(
  work: Promise<Result>,
  tooLate: () => Error = () => new StorageTimeout(),
  milliseconds = PATIENCE_MS,
): Promise<Result> {
  return within(milliseconds, work, tooLate);
}
