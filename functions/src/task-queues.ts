/** The task queues, each by the name of the function that takes its tasks. */
import { createHash } from 'node:crypto';
import { REGION } from './config.ts';
import type { UpkeepTask } from './jobs/schedule.ts';

/** A queue of tasks by the name of the function that takes them. */
export async function openQueue<Task extends object>(name: string) {
  const { getFunctions } = await import('firebase-admin/functions');
  return getFunctions().taskQueue<Task>(`locations/${REGION}/functions/${name}`);
}

/** Has a task look after the session of a connection now. */
export async function enqueueUpkeepOf(connectionId: string): Promise<void> {
  const queue = await openQueue<UpkeepTask>('sessionUpkeep');
  await queue.enqueue({ connectionIds: [connectionId] });
}

/** Has a task put an owner's news on its way and send it, at the end of this second: one for all that comes until then. */
export async function enqueueNewsOf(ownerUid: string): Promise<void> {
  const scheduleTime = new Date(1_000 * Math.ceil(Date.now() / 1_000));
  const id = createHash('sha256').update(`${ownerUid} ${scheduleTime.getTime()}`).digest('hex');
  const queue = await openQueue('ownNewsDelivery');
  try {
    await queue.enqueue({ ownerUid }, { scheduleTime, id });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'functions/task-already-exists'))
      throw error;
  }
}
