/** News on its way by the schedule, the store and the turns of the service, on a clock of its own; every tenth channel is dead. */
import { Timestamp } from 'firebase-admin/firestore';
import { enqueueDeliveries, type NewsDeliveryTask } from '../../functions/src/jobs/news-delivery.ts';
import { takeChannelTurn } from '../../functions/src/notifications/channel-turn.ts';
import type { Send } from '../../functions/src/notifications/kinds/index.ts';
import { storeNews } from '../../functions/src/testing/receivers/news-receiver.ts';
import { testService } from '../../functions/src/testing/service.ts';
import { by, type Clock, takes, VirtualFirestore } from './virtual-firestore.ts';

const MINUTE = 60_000;
const ANSWERS_IN_MS = 1_000;
/** As long as an answer is waited for. */
const GIVEN_UP_AFTER_MS = 10_000;
const ENQUEUES_IN_MS = 60;
const EVERY_DEAD = 10;
const START = Date.UTC(2026, 0, 5, 15);

export interface DeliveriesAsked {
  channels: number;
  /** Pieces of news for each channel, all at once at the beginning. */
  news: number;
  minutes: number;
  /** How many tasks are worked on at a time. */
  workers: number;
  /** The dead failed before. */
  isKnown?: boolean;
}

export interface DeliveriesPlayed {
  /** For how long each piece of news was on its way to a channel that lives, in milliseconds, the shortest first. */
  waits: number[];
  /** How many there should be. */
  expected: number;
  attempts: number;
  /** Deliveries that wait at the end. */
  waiting: number;
  mostTasks: number;
  longestRunMs: number;
  reads: number;
  writes: number;
}

interface Task extends NewsDeliveryTask {
  /** When it may begin. */
  from: number;
}

export async function playDeliveries(asked: DeliveriesAsked): Promise<DeliveriesPlayed> {
  const { channels, news, minutes, workers } = asked;
  const firestore = new VirtualFirestore();
  await addChannels(firestore, asked);
  Object.assign(firestore, { reads: 0, writes: 0 });
  const played = new Play(firestore, workers);
  for (let minute = 0; minute < minutes; minute++) await played.playMinute(START + minute * MINUTE);
  const { waits, attempts, mostTasks, longestRunMs } = played;
  const { db, reads, writes } = firestore;
  const waiting = await db.collection('deliveries').where('state', '==', 'due').count().get();
  return {
    waits: waits.toSorted((one, other) => one - other),
    expected: (channels - Math.ceil(channels / EVERY_DEAD)) * news,
    ...{ attempts, mostTasks, longestRunMs, reads, writes },
    waiting: waiting.data().count,
  };
}

async function addChannels({ db }: VirtualFirestore, { channels, news, isKnown }: DeliveriesAsked) {
  const writer = db.bulkWriter({ throttling: false });
  const at = Timestamp.fromMillis(START);
  for (let index = 0; index < channels; index++) {
    const id = `c${index}`;
    const failed = isKnown === true && isDead(id);
    void writer.set(db.doc(`channels/${id}`), {
      ...{ ownerUid: `owner-${index}`, kind: 'webhook', label: 'script', connectionId: null, types: null },
      target: { keyId: 'none', dataKey: '', data: '' },
      ...{ createdAt: at, version: 1, dueAt: null, heldUntil: null, pausedUntil: null },
      ...{ failures: failed ? 4 : 0, failingSince: failed ? at : null, disabledAt: null, disabledBy: null },
    });
  }
  await writer.close();
  for (let index = 0; index < channels; index++) {
    for (let piece = 0; piece < news; piece++) {
      await storeNews(db, { ownerUid: `owner-${index}`, connectionId: 'mine', at: new Date(START) });
    }
  }
}

function isDead(channelId: string): boolean {
  return Number(channelId.slice(1)) % EVERY_DEAD === 0;
}

class Play {
  readonly waits: number[] = [];
  attempts = 0;
  mostTasks = 0;
  longestRunMs = 0;
  readonly #service;
  readonly #queue: Task[] = [];
  /** When each worker is free. */
  readonly #workers: number[];

  constructor({ db }: VirtualFirestore, workers: number) {
    this.#service = testService(db);
    this.#workers = Array.from({ length: workers }, () => START);
  }

  /** One run of the schedule, then the tasks that begin before the next. */
  async playMinute(now: number): Promise<void> {
    const queue = this.#queue;
    const ranMs = await this.#playSchedule({ now });
    this.longestRunMs = Math.max(this.longestRunMs, ranMs);
    this.mostTasks = Math.max(this.mostTasks, queue.length);
    queue.sort((one, other) => one.from - other.from);
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const free = this.#workers.indexOf(Math.min(...this.#workers));
      const from = Math.max(this.#workers[free] ?? 0, next.from);
      if (from >= now + MINUTE) break;
      queue.shift();
      const ends = await Promise.all(next.channelIds.map((id) => this.#playTurn(id, { now: from })));
      this.#workers[free] = Math.max(...ends);
    }
  }

  /** @returns how long it took. */
  async #playSchedule(clock: Clock): Promise<number> {
    const begun = clock.now;
    const { now } = Date;
    Date.now = () => clock.now;
    try {
      await by(clock, () =>
        enqueueDeliveries(this.#service, new Date(begun), async ({ channelIds }) => {
          const enqueued = takes(clock, ENQUEUES_IN_MS);
          await null;
          enqueued();
          this.#queue.push({ channelIds, from: clock.now });
        }),
      );
    } finally {
      Date.now = now;
    }
    return clock.now - begun;
  }

  /** @returns when it ends. */
  async #playTurn(channelId: string, clock: Clock): Promise<number> {
    const terms = {
      ...this.#service,
      isWelcome: async () => true,
      now: () => new Date(clock.now),
      openSender: () => this.#sendTo(channelId, clock),
    };
    await by(clock, () => takeChannelTurn(terms, channelId));
    return clock.now;
  }

  #sendTo(channelId: string, clock: Clock): Send {
    return async () => {
      this.attempts += 1;
      const answered = takes(clock, isDead(channelId) ? GIVEN_UP_AFTER_MS : ANSWERS_IN_MS);
      await null;
      answered();
      if (isDead(channelId)) return { outcome: 'failed', status: null, error: 'It did not answer.' };
      this.waits.push(clock.now - START);
      return { outcome: 'delivered', status: 204, error: null };
    };
  }
}
