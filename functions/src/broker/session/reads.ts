/** Reads of a connection: whoever asks the same as somebody else gets that one's answer, if it is young enough. */

import { setTimeout as delay } from 'node:timers/promises';
import { errorText, timedOut } from '../wire/ibkr-error.ts';
import { type IbkrRequest, type IbkrResponse, nameOf } from '../wire/request.ts';
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
  /** Has an answer serve later reads of this process. */
  keep(request: IbkrRequest, response: IbkrResponse, forMs: number): void;
}

/** IBKR cuts calls off after about ten seconds: an instance that has no answer by then has none to share. */
const ANSWERS_WITHIN_MS = 10_000;
/** How often an instance looks whether the answer of another one has come. */
const LOOK_EVERY_MS = 250;

export class Reads {
  readonly #sender: ReadSender;
  readonly #store: Pick<SessionStore, 'sharedReads' | 'shareRead'>;
  /** Those of this process that have no answer yet. */
  readonly #open = new Map<string, Promise<IbkrResponse>>();

  constructor(sender: ReadSender, store: Pick<SessionStore, 'sharedReads' | 'shareRead'>) {
    this.#sender = sender;
    this.#store = store;
  }

  /**
   * IBKR's answer to a request that only reads.
   * @param keepMs How old an answer may be, in ms.
   */
  read(request: IbkrRequest, budget: CallBudget, keepMs: number): Promise<IbkrResponse> {
    const name = nameOf(request);
    let open = this.#open.get(name);
    if (open === undefined) {
      open = this.#ask(request, budget, keepMs).finally(() => this.#open.delete(name));
      this.#open.set(name, open);
    }
    return open;
  }

  async #ask(request: IbkrRequest, budget: CallBudget, keepMs: number): Promise<IbkrResponse> {
    if (keepMs === 0 || !this.#sender.isShared(request)) {
      // A turn that comes after its caller has gone is not taken: it is another call's.
      await this.#sender.turn(request, budget);
      return this.#sender.transmit(request, budget);
    }
    const serves = ({ turn }: SharedRead) => turn + keepMs > Date.now();
    const announce = (turn: number) => ({ turn, body: null, until: turn + ANSWERS_WITHIN_MS });
    for (;;) {
      const { joined, announced } = await this.#sender.turn(request, budget, { serves, announce });
      if (joined === null) return this.#share(request, budget, announced, keepMs);
      const body = joined.body ?? (await this.#answerOf(request, joined, budget.deadline));
      if (body !== null) {
        const response = { status: 200, body };
        this.#sender.keep(request, response, joined.turn + keepMs - Date.now());
        return response;
      }
      if (Date.now() >= budget.deadline) throw timedOut(request);
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
      await tell(isGood ? { body: response.body, until: announced.turn + keepMs } : { until: 0 });
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
