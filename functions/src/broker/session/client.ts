import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { endpointName, errorText, refusal, unexpectedAnswer } from '../wire/ibkr-error.ts';
import { parseJsonBody } from '../wire/json-body.ts';
import { type IbkrRequest, type IbkrResponse, TransportError } from '../wire/request.ts';
import type { Dated, DatedAnswer } from './answer-cache.ts';
import { type SessionLoss, sessionLoss, signedOutError } from './auth-status.ts';
import type { CallBudget, Permit } from './call-budget.ts';
import type { MarketDataLines } from './market-data-lines.ts';
import type { AnswerAge } from './reads.ts';
import type { BrokerageSession, SessionReport } from './session.ts';
import type { WarmReads } from './warm-up.ts';

export interface ReadOptions<Answer = never> {
  /** How long an answer may serve later reads, in all instances, in ms; 0 when absent. */
  cacheMs?: number;
  /**
   * How long it may serve later reads of this process that take one so old (`since`), in ms; 0 when absent. Only until
   * something is changed through this connection. Given as a function where that depends on the answer.
   */
  recentMs?: number | ((answer: Answer) => number);
  /** No answer will do whose request left before (ms since 1970); `Date.now()`: only one that leaves from now on. */
  since?: number | undefined;
  /** False where IBKR says "not found" with 500 or 503: repeating that only costs time. */
  retryServerErrors?: boolean;
}

export interface ChangeOptions {
  /** How much of the call's time is to be left, for a look at what became of it, when the answer is given up. */
  leaveMs?: number;
  /** Whether to ask IBKR first if the session stands; true when absent. */
  confirmSession?: boolean;
  permit?: Permit | undefined;
}

/** What the calls on one connection share; `IbkrConnection` is it. */
export interface SharedConnection {
  readonly session: BrokerageSession;
  readonly lines: MarketDataLines;
  readonly warmReads: WarmReads;
  send(request: IbkrRequest, budget: CallBudget, permit?: Permit, leaveMs?: number): Promise<IbkrResponse>;
  sendRead(request: IbkrRequest, budget: CallBudget, age: AnswerAge): Promise<DatedAnswer>;
  keep(request: IbkrRequest, answer: DatedAnswer, forMs: number): void;
  kept(request: IbkrRequest, since: number): DatedAnswer | undefined;
  readonly changedAt: number;
  noteChange(): void;
  waitFor(path: string, at: number, turns: number): number;
}

/** Pauses before the repetitions of a failed read; IBKR asks for a second or more between them. */
const RETRY_AFTER_MS = [1_000, 2_000];

/**
 * One tool call's way to IBKR, from `IbkrConnection.client()`: opens the session when needed, parses answers by
 * schema, repeats failed reads, and never repeats anything that changes state.
 */
export class IbkrClient {
  readonly #connection: SharedConnection;
  readonly #budget: CallBudget;
  /** The session is looked after once per call, by all its requests together. */
  #recovery: Promise<boolean> | null = null;

  constructor(connection: SharedConnection, budget: CallBudget) {
    this.#connection = connection;
    this.#budget = budget;
  }

  /** Requests that went to IBKR for this call, session upkeep included; a read shared with another call is its. */
  get upstreamCalls(): number {
    return this.#budget.upstreamCalls;
  }

  /** When this call has to be over (ms since 1970). */
  get deadline(): number {
    return this.#budget.deadline;
  }

  /** When the latest request of this call left for IBKR (ms since 1970); 0 before the first. */
  get lastSentAt(): number {
    return this.#budget.lastSentAt;
  }

  /** Whether a change that this call was to make may have left for IBKR. */
  get hasSentChange(): boolean {
    return this.#budget.hasSentChange;
  }

  /** The market-data lines of the connection. */
  get lines(): MarketDataLines {
    return this.#connection.lines;
  }

  /** What this process has read of the connection in its session. */
  get warmReads(): WarmReads {
    return this.#connection.warmReads;
  }

  /** As of `BrokerageSession`. */
  isWarm(wasRead: boolean): Promise<boolean> {
    return this.#connection.session.isWarm(wasRead);
  }

  /** Which opening of the session this process works in; 0 before it looked. */
  get sessionEpoch(): number {
    return this.#connection.session.epoch;
  }

  /** How long from `at` until so many turns of a read in a row will have come, in ms. */
  waitFor(path: string, at: number, turns: number): number {
    return this.#connection.waitFor(path, at, turns);
  }

  /** How the session stands, by IBKR's own word, without opening anything (`POST /iserver/auth/status`). */
  sessionReport(): Promise<SessionReport> {
    return this.#connection.session.report(this.#sender);
  }

  /** Keeps the session from idling out, without opening one, and tells how it stands (`POST /tickle`). */
  keepAlive(): Promise<SessionReport> {
    return this.#connection.session.keepAlive(this.#sender);
  }

  /** Ends the session at IBKR if this service signed in to one (`POST /logout`). Opens none for it. */
  logOut(): Promise<void> {
    return this.#connection.session.logOut(this.#sender);
  }

  /** The login's accounts, if this process has seen them; null means not known, not none. */
  get accountIds(): readonly string[] | null {
    return this.#connection.session.accountIds;
  }

  /** The account of a login that can select nothing else, if this process has seen that it is one. */
  get onlyAccount(): string | null {
    return this.#connection.session.onlyAccount;
  }

  /** A `GET` that only reads. */
  async get<S extends z.ZodType>(
    path: string,
    schema: S,
    options: ReadOptions<z.output<S>> & { query?: Readonly<Record<string, string>> } = {},
  ): Promise<z.output<S>> {
    return (await this.getDated(path, schema, options)).answer;
  }

  /** `get`, and when IBKR was asked. */
  getDated<S extends z.ZodType>(
    path: string,
    schema: S,
    { query, ...options }: ReadOptions<z.output<S>> & { query?: Readonly<Record<string, string>> },
  ): Promise<Dated<z.output<S>>> {
    return this.#readDated({ method: 'GET', path, ...(query && { query }) }, schema, options);
  }

  /**
   * A request that only reads, whatever its method (`POST /pa/allperiods` does).
   * @throws {BrokerError} with its status for what IBKR refused; `unexpected_answer` for an
   * answer that does not fit the schema; the session's errors.
   */
  async read<S extends z.ZodType>(
    request: IbkrRequest,
    schema: S,
    options: ReadOptions<z.output<S>> = {},
  ): Promise<z.output<S>> {
    return (await this.#readDated(request, schema, options)).answer;
  }

  async #readDated<S extends z.ZodType>(
    request: IbkrRequest,
    schema: S,
    { retryServerErrors = true, cacheMs = 0, recentMs = 0, since }: ReadOptions<z.output<S>>,
  ): Promise<Dated<z.output<S>>> {
    const attempt = async () => {
      const { response, at } = await this.#answer(request, { keepMs: cacheMs, since });
      const answer = parse(request, response, schema);
      const keptMs = Math.max(cacheMs, typeof recentMs === 'number' ? recentMs : recentMs(answer));
      this.#connection.keep(request, { response, at }, at + keptMs - Date.now());
      return { answer, at, response };
    };
    for (const wait of RETRY_AFTER_MS) {
      try {
        return await attempt();
      } catch (error) {
        if (!isPassing(error, retryServerErrors) || Date.now() + wait > this.#budget.deadline) throw error;
        await delay(wait);
      }
    }
    return attempt();
  }

  /**
   * A request that changes something: sent once, on a session IBKR just confirmed unless `confirmSession` is
   * false. A body `{"error": …}` is left to the schema, since orders have answers of that form.
   * @param options.permit Asked when nothing more comes between; what it throws keeps the request from leaving.
   * @throws {BrokerError} whose `maybeApplied` says if the change may have happened.
   */
  async change<S extends z.ZodType>(
    request: IbkrRequest,
    schema: S,
    { confirmSession = true, permit, leaveMs }: ChangeOptions = {},
  ): Promise<z.output<S>> {
    const { session } = this.#connection;
    const epoch = await this.#prepare(async () => {
      const opened = await session.ensureOpen(this.#sender);
      if (confirmSession && !(await this.#isHealthy())) await session.recover(this.#sender, opened);
      return opened;
    });
    const leaving = async () => {
      await permit?.();
      this.#budget.hasSentChange = true;
      this.#connection.noteChange();
    };
    const response = await this.#connection
      .send(request, this.#budget, leaving, leaveMs)
      .finally(() => this.#connection.noteChange());
    if (sessionLoss(response) !== null) {
      await this.#prepare(() => session.recover(this.#sender, epoch));
      throw new BrokerError(
        { name: 'session_had_ended' },
        { status: response.status, endpoint: endpointName(request) },
      );
    }
    if (response.status !== 200) throw refusal(request, response);
    return parseBody(request, response, schema);
  }

  /** Looks after the session around a change: whatever fails of it, the change itself did not happen. */
  async #prepare<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BrokerError ? error.beforeSending() : error;
    }
  }

  get #sender() {
    return {
      deadline: this.#budget.deadline,
      send: (request: IbkrRequest) => this.#connection.send(request, this.#budget),
      keep: (request: IbkrRequest, answer: DatedAnswer, forMs: number) =>
        this.#connection.keep(request, answer, forMs),
    };
  }

  async #isHealthy(): Promise<boolean> {
    try {
      return await this.#connection.session.isHealthy(this.#sender);
    } catch (error) {
      if (error instanceof BrokerError && error.kind === 'signed_out') return false;
      throw error;
    }
  }

  /** An answer on an open session: a session found gone is opened again, once per call. */
  async #answer(
    request: IbkrRequest,
    { keepMs, since }: AnswerAge,
    isRepetition = false,
  ): Promise<DatedAnswer> {
    const epoch = await this.#connection.session.ensureOpen(this.#sender);
    const age = { keepMs, since: this.#oldest(keepMs, since) };
    const kept = age.since === undefined ? undefined : this.#connection.kept(request, age.since);
    if (kept !== undefined) return kept;
    const answer = await this.#connection.sendRead(request, this.#budget, age);
    const { response } = answer;
    const loss = sessionLoss(response);
    if (loss === 'unauthorized' && this.#namesUnknownAccount(request)) throw unknownAccount();
    // A 5xx below /iserver can be the only sign of a session that another login took or the night ended.
    if (loss === null && !(isBrokerage(request) && response.status >= 500)) return answer;
    if (isRepetition) {
      if (loss !== null) throw lost(request, loss);
      return answer;
    }
    this.#recovery ??= this.#lookAfterSession(epoch, loss);
    return (await this.#recovery) ? this.#answer(request, { keepMs, since }, true) : answer;
  }

  /** When an answer left at the earliest that will do; what may be kept long is of what orders do not change. */
  #oldest(keepMs: number, since: number | undefined): number | undefined {
    if (since !== undefined) return Math.max(since, this.#connection.changedAt + 1);
    return keepMs > 0 ? Date.now() - keepMs : undefined;
  }

  /** @returns whether the session was opened again; a 5xx answer may have had another reason. */
  async #lookAfterSession(epoch: number, loss: SessionLoss | null): Promise<boolean> {
    if (loss === null && (await this.#isHealthy())) return false;
    await this.#connection.session.recover(this.#sender, epoch);
    return true;
  }

  /** IBKR answers 401 to `/portfolio/{id}/…` for an account the login does not have, too. */
  #namesUnknownAccount({ path }: IbkrRequest): boolean {
    const account = portfolioAccount(path);
    return account !== null && this.accountIds?.includes(account) === false;
  }
}

function isBrokerage({ path }: IbkrRequest): boolean {
  return path.startsWith('/iserver/');
}

function portfolioAccount(path: string): string | null {
  const [, account] = /^\/portfolio2?\/([^/]+)\//.exec(path) ?? [];
  return account === undefined || account === 'positions' ? null : decodeURIComponent(account);
}

function lost(request: IbkrRequest, loss: SessionLoss): BrokerError {
  if (loss === 'unauthorized')
    return portfolioAccount(request.path) === null ? signedOutError() : unknownAccount();
  return new BrokerError({ name: 'session_unusable' });
}

function unknownAccount(): BrokerError {
  return new BrokerError({ name: 'no_such_account' });
}

/** A failure of this one exchange that says nothing about the next: broken connections and, at most places, 5xx. */
function isPassing(error: unknown, serverErrorsPass: boolean): boolean {
  if (!(error instanceof BrokerError) || error.kind !== 'unavailable') return false;
  if (error.status !== null) return serverErrorsPass && error.status >= 500;
  return error.cause instanceof TransportError && error.cause.kind === 'reset';
}

function parse<S extends z.ZodType>(request: IbkrRequest, response: IbkrResponse, schema: S): z.output<S> {
  if (response.status !== 200) throw refusal(request, response);
  const reason = errorText(response.body);
  if (reason !== null) {
    throw new BrokerError({ name: 'refused' }, { endpoint: endpointName(request), status: 200, reason });
  }
  return parseBody(request, response, schema);
}

/** An empty body is `undefined` for the schema: IBKR says "none" that way in places. */
function parseBody<S extends z.ZodType>(
  request: IbkrRequest,
  { body }: IbkrResponse,
  schema: S,
): z.output<S> {
  try {
    return schema.parse(body.trim() === '' ? undefined : parseJsonBody(body));
  } catch (cause) {
    throw unexpectedAnswer(request, cause);
  }
}
