/** Firestore's client tries for minutes, and the function is cut off after one. */
const PATIENCE_MS = 15_000;

/**
 * What storage answers, waited for no longer than a caller should wait.
 * @param tooLate Makes the error that is thrown otherwise.
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  tooLate = () => new Error('Storage did not answer in time.'),
): Promise<Result> {
  const end = Promise.withResolvers<never>();
  const timer = setTimeout(() => end.reject(tooLate()), PATIENCE_MS);
  try {
    return await Promise.race([work, end.promise]);
  } finally {
    clearTimeout(timer);
  }
}
