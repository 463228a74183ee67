import { within } from '../../deadline.ts';
import type { Login } from '../transport/login.ts';
import type { Transport } from '../transport/transport.ts';
import { noAnswerError, PENALTY_MS, rateLimited, timeoutError } from '../wire/ibkr-error.ts';
import { type IbkrRequest, type IbkrResponse, TransportError } from '../wire/request.ts';
import { AnswerCache, type DatedAnswer } from './answer-cache.ts';
import type { CallBudget, Permit } from './call-budget.ts';
import { IbkrClient } from './client.ts';
import { MarketDataLines } from './market-data-lines.ts';
import type { OutgoingAddress } from './outgoing-address.ts';
import {
  FIRST_PAUSE_MS,
  IBKR_LIMITS,
  type Limit,
  Pacer,
  type Sharing,
  type TakenTurns,
  type Turn,
} from './pacing.ts';
import { type AnswerAge, Reads } from './reads.ts';
import { BrokerageSession } from './session.ts';
import type { SessionStore } from './session-store.ts';
import { WarmReads } from './warm-up.ts';

export interface ConnectionOptions {
  transport: Transport;
  store: SessionStore;
  /** For kinds that log in by themselves. */
  login?: Login;
  /** Take the brokerage session over when TWS or mobile holds it; polite when absent. */
  allowTakeover?: boolean;
  /** As of `SessionOptions`. */
  signsInByInit?: boolean;
  /** As of `SessionOptions`. */
  isNight?: (now: Date) => boolean;
  limits?: readonly Limit[];
  /** The address that requests leave by, where that is the same for many logins; and whose this login is. */
  address?: OutgoingAddress;
  owner?: string;
  /** What the same connection took of its limits in this process before it was opened anew. */
  takenTurns?: TakenTurns;
  /** For how long nothing is sent after a 429, and after another one to what is sent then. */
  firstPauseMs?: number;
  penaltyMs?: number;
}

/** Longer than IBKR may take, shorter than hosts wait. */
const CALL_BUDGET_MS = 22_000;
/** A change is waited for at least so long, where the call has that time. */
const ANSWER_WITHIN_MS = 5_000;
/** Of what a 429 may ask for. */
const MAX_PAUSE_MS = 15 * 60_000;

/**
 * One connection to IBKR in this process: its session, its turn in IBKR's limits, its market-data lines and its open
 * reads are shared by all calls. Keep one per connection; `client()` is for one call.
 */
export class IbkrConnection {
  readonly session: BrokerageSession;
  readonly lines = new MarketDataLines();
  readonly warmReads = new WarmReads();
  readonly #transport: Transport;
  readonly #pacer: Pacer;
  readonly #firstPauseMs: number;
  readonly #penaltyMs: number;
  readonly #address: OutgoingAddress | undefined;
  readonly #owner: string;
  readonly #reads: Reads;
  readonly #answers = new AnswerCache();
  #changedAt = 0;

  constructor(options: ConnectionOptions) {
    const { transport, store } = options;
    this.#transport = transport;
    this.session = new BrokerageSession({ allowTakeover: false, ...options });
    const pacer = new Pacer(options.limits ?? IBKR_LIMITS, store, options.takenTurns);
    this.#pacer = pacer;
    this.#reads = new Reads(
      {
        isShared: (request) => pacer.isShared(request),
        turn: (request, budget, sharing) => this.#turn(request, budget, sharing),
        transmit: (request, budget) => this.#transmit(request, budget),
      },
      store,
    );
    this.#firstPauseMs = options.firstPauseMs ?? FIRST_PAUSE_MS;
    this.#penaltyMs = options.penaltyMs ?? PENALTY_MS;
    this.#address = options.address;
    this.#owner = options.owner ?? '';
  }

  /**
   * For one tool call: counts its upstream calls and ends within `budgetMs`.
   * @param options.calledAt When it began (ms since 1970); just now where it is left out.
   * @param options.pacedUntil A pause (ms since 1970) that another instance wrote down.
   */
  client(options: { budgetMs?: number; calledAt?: number; pacedUntil?: number | null } = {}): IbkrClient {
    const { budgetMs = CALL_BUDGET_MS, calledAt = Date.now(), pacedUntil } = options;
    this.session.notePause(pacedUntil ?? 0);
    const deadline = calledAt + budgetMs;
    return new IbkrClient(this, { deadline, upstreamCalls: 0, lastSentAt: 0, hasSentChange: false });
  }

  close(): Promise<void> {
    this.#answers.close();
    return this.#transport.close();
  }

  /**
   * Sends one request once, in its turn.
   * @param permit Asked directly before the request leaves; what it throws keeps it from leaving.
   * @param leaveMs How much of the call's time is left when an answer is given up, as far as that leaves
   * `ANSWER_WITHIN_MS` to wait for it.
   * @throws {BrokerError} `rate_limited` (nothing was sent, or IBKR said 429), `timed_out`,
   * `unavailable`.
   */
  async send(request: IbkrRequest, budget: CallBudget, permit?: Permit, leaveMs = 0): Promise<IbkrResponse> {
    // What does not get its turn in time is refused before it leaves: it must not go out after it was given up.
    await this.#turn(request, budget);
    await permit?.();
    if (Date.now() >= budget.deadline) throw timeoutError(request);
    const least = Math.min(budget.deadline, Date.now() + ANSWER_WITHIN_MS);
    const answerBy = Math.max(least, budget.deadline - leaveMs);
    return beforeDeadline(this.#transmit(request, budget), request, answerBy);
  }

  /** When the last change left for IBKR, or was over (ms since 1970): what is kept of before may be wrong since. */
  get changedAt(): number {
    return this.#changedAt;
  }

  noteChange(): void {
    this.#changedAt = Date.now();
  }

  /** How long from `at` until so many turns of a read in a row will have come, in ms. */
  waitFor(path: string, at: number, turns: number): number {
    return this.#pacer.waitFor({ path }, at, turns);
  }

  /** `send` for requests that only read: identical ones share one, each with its own deadline. */
  sendRead(request: IbkrRequest, budget: CallBudget, age: AnswerAge = { keepMs: 0 }): Promise<DatedAnswer> {
    return beforeDeadline(this.#reads.read(request, budget, age), request, budget.deadline);
  }

  /** A good answer to a read, for later ones. */
  keep(request: IbkrRequest, answer: DatedAnswer, forMs: number): void {
    if (forMs > 0) this.#answers.keep(request, answer, forMs);
  }

  /** The answer that was kept for this read, while it may serve, if it was asked for then or later. */
  kept(request: IbkrRequest, since: number): DatedAnswer | undefined {
    return this.#answers.kept(request, since);
  }

  /** @throws {BrokerError} `rate_limited`. */
  async #turn(request: IbkrRequest, { deadline }: CallBudget, sharing?: Sharing): Promise<Turn> {
    this.#address?.look();
    const now = Date.now();
    const pause = this.session.pacedUntil - now;
    if (pause > 0) throw rateLimited(pause);
    return this.#pacer.turn(request, Math.max(0, deadline - now), sharing);
  }

  async #transmit(request: IbkrRequest, budget: CallBudget): Promise<IbkrResponse> {
    budget.upstreamCalls += 1;
    const sentAt = Date.now();
    budget.lastSentAt = sentAt;
    const response = await this.#transport.send(request).catch((error) => {
      throw error instanceof TransportError ? noAnswerError(request, error) : error;
    });
    if (response.status === 429) {
      await this.#pause(sentAt, response.retryAfterMs ?? 0);
      // What cannot be noted changes nothing for this call; whoever is refused next notes it.
      await this.#noteRefusal(sentAt).catch(() => {});
      throw rateLimited(this.session.pacedUntil - Date.now(), 429);
    }
    if (response.status < 300) this.#address?.noteAnswer(sentAt);
    return response;
  }

  async #noteRefusal(sentAt: number): Promise<void> {
    if (this.#address === undefined) return;
    const accountIds = await this.session.knownAccounts();
    await this.#address.noteRefusal({ owner: this.#owner, accountIds }, sentAt);
  }

  /** Requests that left before a pause began, or another instance told of one, say nothing about the lock. */
  async #pause(sentAt: number, askedForMs: number): Promise<void> {
    const { pacedUntil } = this.session;
    const now = Date.now();
    const isLocked = pacedUntil > 0 && sentAt >= pacedUntil && now - pacedUntil < this.#penaltyMs;
    const pauseMs = Math.max(
      isLocked ? this.#penaltyMs : this.#firstPauseMs,
      Math.min(askedForMs, MAX_PAUSE_MS),
    );
    await this.session.pause(now + pauseMs);
  }
}

/** What comes in time; otherwise IBKR may have done what was asked all the same, unless it was only asked to read. */
function beforeDeadline<T>(answer: Promise<T>, request: IbkrRequest, deadline: number): Promise<T> {
  return within(Math.max(1, deadline - Date.now()), answer, () =>
    timeoutError(request, { maybeApplied: request.method !== 'GET' }),
  );
}
