/** News is told at once: its owner is given to a task. What is lost on the way the schedule finds within a minute. */

import type { Service } from '../service.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { hasChannels } from '../store/news/channels.ts';
import { notingNews } from '../store/news/news.ts';
import * as logger from './logging/logger.ts';

/** An answer waits no longer for it. */
const PATIENCE_MS = 2_000;

/**
 * Does something, and has told at once what news it wrote. Before its answer goes out, since the processor may be withdrawn
 * after it.
 * @param isTold Whether owners have channels; looked up where it is left out.
 */
export async function tellingAtOnce<Result>(
  service: Pick<Service, 'db' | 'enqueueNewsOf'>,
  work: () => Result | Promise<Result>,
  isTold?: boolean,
): Promise<Result> {
  const { result, ownerUids } = await notingNews(work);
  if (isTold === false) return result;
  const tell = async (ownerUid: string) => {
    if (isTold || (await hasChannels(service.db, ownerUid))) await service.enqueueNewsOf(ownerUid);
  };
  try {
    await withDeadline(Promise.all(ownerUids.map(tell)), undefined, PATIENCE_MS);
  } catch (error) {
    logger.log('news_not_at_once', error);
  }
  return result;
}
