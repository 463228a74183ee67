/** Which of the workers that run at once this one is, counted from 1, as Vitest says. */
export function workerNumber(): number {
  return Number(process.env.VITEST_POOL_ID);
}
