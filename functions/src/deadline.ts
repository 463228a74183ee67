/**
 * What some work comes to, waited for so long.
 * @param tooLate Makes the error that is thrown otherwise, only where it is needed: making one costs more than all the rest.
 */
export async function within<Result>(
  milliseconds: number,
  work: Promise<Result>,
  tooLate: () => Error,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooLate()), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
