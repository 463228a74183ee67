import pTimeout from 'p-timeout';

/** Firestore's client tries for minutes, and the function is cut off after one. */
const PATIENCE_MS = 15_000;

/**
 * What storage answers, waited for no longer than a caller should wait.
 * @param tooLate Makes the error that is thrown otherwise.
 */
export function withDeadline<Result>(
  work: Promise<Result>,
  tooLate = () => new Error('Storage did not answer in time.'),
): Promise<Result> {
  return pTimeout(work, {
    milliseconds: PATIENCE_MS,
    fallback: () => {
      throw tooLate();
    },
  });
}
