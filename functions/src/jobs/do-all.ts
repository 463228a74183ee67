import * as logger from '../http/logging/logger.ts';

/**
 * Does several things side by side: what fails keeps nothing else from being done, and is logged by its name.
 * @throws {Error} in the end, when any failed, so that the platform counts the run as failed.
 */
export async function doAll(parts: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const failed: string[] = [];
  const all = Object.entries(parts).map(async ([name, act]) => {
    try {
      await act();
    } catch (error) {
      failed.push(name);
      logger.log('schedule_failed', { part: name, error });
    }
  });
  await Promise.all(all);
  if (failed.length > 0) throw new Error(`Of the schedule failed: ${failed.toSorted().join(', ')}.`);
}
