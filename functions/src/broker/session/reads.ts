/** Reads of a connection: whoever asks the same as somebody else gets that one's answer, if it is young enough. */

import { setTimeout as delay } from 'node:timers/promises';
import { errorText, timeoutError } from '../wire/ibkr-error.ts';
import { type IbkrRequest, type IbkrResponse, nameOf } from '../wire/request.ts';
import type { DatedAnswer } from './answer-cache.ts';
import type { CallBudget } from './call-budget.ts';
import type { Sharing, Turn } from './pacing.ts';
import type { SessionStore, SharedRead } from './session-store.ts';

/** How reads leave: `IbkrConnection` is it. */
export interface ReadSender {
  /** Whether all instances take the turns of the request together. */
  isShared(request: IbkrRequest): boolean;
  /** Waits for the turn of a request, as far as another's read does not do. */
  turn(request: IbkrRequest, budget: CallBudget, sharing?: Sharing): Promise<Turn>;
  /** Sends it, when it is its turn. */
  transmit(request: IbkrRequest, budget: CallBudget): Promise<IbkrResponse>;
}

/** IBKR cuts calls off after about ten seconds: an instance that has no answer by then has none to share. */
const ANSWERS_WITHIN_MS = 10_000;
/** Whoever waits for an answer has it so long after it came. */
const FETCHED_WITHIN_MS = 5_000;
/** By how much the clocks of two instances may differ. */
const CLOCKS_DIFFER_MS = 250;
/** How often an instance looks whether the answer of another one has come. */
const LOOK_EVERY_MS = 250;

/** Which answers will do. */
export interface AnswerAge {
  /** How long one serves later reads, in all instances, in ms. */
  keepMs: number;
  /**
   * None whose request left before (ms since 1970). Left out: one that is under way will do, but of what IBKR takes
   * rarely only one that is still to leave.
   */
  since?: number | undefined;
}

/** A read of this process that has no answer yet. */
interface OpenRead {
  /** Nobody who will get the answer takes one that left earlier (ms since 1970). */
  since: number;
  /** When it began at the earliest (ms since 1970); infinite while it waits for its turn. */
  beginsAfter: number;
  answer: Promise<DatedAnswer>;
}

export class Reads {
  readonly #sender: ReadSender;
  readonly #store: Pick<SessionStore, 'sharedReads' | 'shareRead'>;
  readonly #open = new Map<string, OpenRead>();

  constructor(sender: ReadSender, store: Pick<SessionStore, 'sharedReads' | 'shareRead'>) {
    this.#sender = sender;
    this.#store = store;
  }

  /**
   * IBKR's answer to a request that only reads. Of requests that IBKR takes rarely, those who wait for a turn share one
   * and its answer, in whichever instances they are: it was begun after all of them asked.
   */
  read(request: IbkrRequest, budget: CallBudget, { keepMs, ...age }: AnswerAge): Promise<DatedAnswer> {
    const name = nameOf(request);
    const since = age.since ?? (this.#sender.isShared(request) ? Date.now() : 0);
    const open = this.#open.get(name);
    if (open !== undefined && open.beginsAfter >= since) {
      open.since = Math.max(open.since, since);
      return open.answer;
    }
    const asked = { since, beginsAfter: Number.POSITIVE_INFINITY };
    const answer = this.#ask(asked, request, budget, keepMs).finally(() => {
      if (this.#open.get(name) === read) this.#open.delete(name);
    });
    const read: OpenRead = Object.assign(asked, { answer });
    this.#open.set(name, read);
    return answer;
  }

  async #ask(
    read: Omit<OpenRead, 'answer'>,
    request: IbkrRequest,
    budget: CallBudget,
    keepMs: number,
  ): Promise<DatedAnswer> {
    const sharing: Sharing = {
      serves: ({ turn }) => turn >= read.since + CLOCKS_DIFFER_MS,
      announce: (turn) =>
        keepMs > 0 || turn > Date.now() + CLOCKS_DIFFER_MS
          ? { turn, body: null, until: turn + ANSWERS_WITHIN_MS }
          : null,
    };
    for (;;) {
      // A turn that comes after its caller has gone is not taken: it is another call's.
      const { at, joined, announced } = await this.#sender.turn(request, budget, sharing);
      if (joined === null) {
        read.beginsAfter = Date.now();
        return { response: await this.#share(request, budget, announced, keepMs), at: read.beginsAfter };
      }
      // Others may have asked since.
      if (!sharing.serves(joined)) continue;
      read.beginsAfter = at - CLOCKS_DIFFER_MS;
      const body = joined.body ?? (await this.#answerOf(request, joined, budget.deadline));
      if (body !== null) return { response: { status: 200, body }, at };
      if (Date.now() >= budget.deadline) throw timeoutError(request);
      read.beginsAfter = Number.POSITIVE_INFINITY;
    }
  }

  /** Sends the read and tells the other instances the answer, or that there is none. */
  async #share(
    request: IbkrRequest,
    budget: CallBudget,
    announced: SharedRead | null,
    keepMs: number,
  ): Promise<IbkrResponse> {
    if (announced === null) return this.#sender.transmit(request, budget);
    // Where that fails, the others ask for themselves.
    const tell = (read: Partial<SharedRead>) =>
      this.#store.shareRead(nameOf(request), { ...announced, ...read }).catch(() => {});
    try {
      const response = await this.#sender.transmit(request, budget);
      const isGood = response.status === 200 && errorText(response.body) === null;
      const until = Math.max(announced.turn + keepMs, Date.now() + FETCHED_WITHIN_MS);
      await tell(isGood ? { body: response.body, until } : { until: 0 });
      return response;
    } catch (error) {
      await tell({ until: 0 });
      throw error;
    }
  }

  /** Waits for what another instance reads; null when it got no answer. */
  async #answerOf(request: IbkrRequest, { turn }: SharedRead, deadline: number): Promise<string | null> {
    await delay(Math.max(0, turn - Date.now()));
    for (;;) {
      await delay(LOOK_EVERY_MS);
      const reads = await this.#store.sharedReads(nameOf(request));
      const read = reads.find((one) => one.turn === turn);
      if (read === undefined || read.body !== null) return read?.body ?? null;
      if (Date.now() >= deadline) return null;
    }
  }
}
