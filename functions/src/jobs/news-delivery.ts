/** Puts news on its way: that of one owner at once, and once a minute all that is due, by the task queue. */
import * as logger from '../http/logging/logger.ts';
import { isActiveUser } from '../http/users/active-user.ts';
import { noConnection } from '../http/users/owner-acts.ts';
import { takeChannelTurn } from '../notifications/channel-turn.ts';
import { fanOut, fanOutOwner } from '../notifications/fan-out.ts';
import type { Service } from '../service.ts';
import { findConnection } from '../store/connections.ts';
import { deleteChannel, setDue, takeDueChannels } from '../store/news/channels.ts';
import { type Enqueue, giveToTasks } from './schedule.ts';
import { recordBySchedule } from './schedule-acts.ts';

const CHANNELS_A_PAGE = 500;
/** A task takes as long as the slowest of its channels: the fewer tasks there are, the fewer wait for one that hangs. */
const CHANNELS_A_TASK = 100;
/** Then the next run goes on: the function ends after 60 s. */
const WORKS_FOR_MS = 20_000;
/** A channel is given to another task when the first has not come for so long. */
const GIVEN_AGAIN_MS = 5 * 60_000;

/** The channels that a task is to work on, side by side, so that it takes as long as the slowest. */
export interface NewsDeliveryTask {
  channelIds: readonly string[];
}

/** The owner whose news is to be sent that was written just now. */
export interface OwnNewsTask {
  ownerUid: string;
}

/**
 * Gives every channel to a task for which something is due, and all news to its owners' channels.
 * @returns to how many channels.
 * @throws what the first of the tasks failed with that could not be enqueued; the others are.
 */
export async function enqueueDeliveries(
  { db }: Pick<Service, 'db'>,
  now: Date,
  enqueue: Enqueue<NewsDeliveryTask>,
): Promise<number> {
  const until = Date.now() + WORKS_FOR_MS;
  const goesOn = () => Date.now() < until;
  const again = new Date(now.getTime() + GIVEN_AGAIN_MS);
  let given = 0;
  const give = async (channelIds: string[]) => {
    given += channelIds.length;
    await giveToTasks(
      channelIds,
      (part) => enqueue({ channelIds: part }, 0),
      (failed) => setDue(db, failed, now),
      CHANNELS_A_TASK,
    );
  };
  for (let taken = CHANNELS_A_PAGE; taken === CHANNELS_A_PAGE && goesOn(); ) {
    const ids = await takeDueChannels(db, now, CHANNELS_A_PAGE, again);
    await give(ids);
    taken = ids.length;
  }
  const onFailure = (error: unknown) => logger.log('fan_out_failed', { error });
  const isAll = await fanOut(db, { now, dueAt: again, onPage: give, onFailure, goesOn });
  if (!isAll) logger.log('fan_out_continues');
  return given;
}

/** One task: puts an owner's news on its way that was written just now, and sends it. */
export async function deliverNewsOf(service: Service, ownerUid: string): Promise<void> {
  const now = new Date();
  const dueAt = new Date(now.getTime() + GIVEN_AGAIN_MS);
  await deliverNews(service, await fanOutOwner(service.db, ownerUid, { now, dueAt }));
}

/** One task: sends what is due through some channels, side by side. */
export async function deliverNews(service: Service, channelIds: readonly string[]): Promise<void> {
  const isWelcome = (uid: string) => isActiveUser(service, uid);
  await Promise.all(
    channelIds.map(async (channelId) => {
      try {
        const turn = await takeChannelTurn({ ...service, isWelcome }, channelId);
        if (turn === null) return;
        const { channel, delivered, failed } = turn;
        logger.log('news_sent', { channelId, delivered, failed });
        if (!turn.isDisabled) return;
        const { ownerUid, connectionId, label, kind } = channel;
        const connection =
          (connectionId && (await findConnection(service.db, ownerUid, connectionId))) ||
          noConnection(ownerUid);
        const args = { label, kind };
        await recordBySchedule(service, { at: new Date(), connection, act: 'channel.disable', args });
        // The subscription has ended for good: its browser makes another when its person wants to be told again.
        if (kind === 'push') await deleteChannel(service.db, channelId);
      } catch (error) {
        logger.log('news_unsent', { channelId, error });
      }
    }),
  );
}
