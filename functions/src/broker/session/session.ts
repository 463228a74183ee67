/**
 * The brokerage session of one connection: opened once for all instances that serve it, trusted until IBKR says
 * otherwise, reopened at most once per call.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../errors.ts';
import type { LiveSession, Login } from '../transport/login.ts';
import { rateLimited, timeoutError, unexpectedAnswer } from '../wire/ibkr-error.ts';
import { parseJsonBody } from '../wire/json-body.ts';
import { isNightlyReset } from '../wire/nightly-reset.ts';
import type { IbkrRequest, IbkrResponse } from '../wire/request.ts';
import type { DatedAnswer } from './answer-cache.ts';
import {
  type AuthStatus,
  competingError,
  isHealthy,
  notOpenedError,
  openingRefusal,
  parseStatus,
  parseTickle,
  sessionLoss,
} from './auth-status.ts';
import { brokerageAccountsSchema } from './brokerage-accounts.ts';
import type { OutgoingAddress } from './outgoing-address.ts';
import type { KeptAnswer, SessionRecord, SessionStore } from './session-store.ts';

/** Sends on behalf of one call, so that its budget and its count of upstream calls hold. */
export interface Sender {
  send(request: IbkrRequest): Promise<IbkrResponse>;
  /** Keeps an answer for later reads. */
  keep(request: IbkrRequest, answer: DatedAnswer, forMs: number): void;
  /** When the call has to be over (ms since 1970). */
  readonly deadline: number;
}

export interface SessionOptions {
  store: SessionStore;
  login?: Login;
  /** Take the brokerage session over from TWS or mobile. */
  allowTakeover: boolean;
  /** A lost login comes back by `ssodh/init`, which only the simulator's sandboxes do. */
  signsInByInit?: boolean;
  /** Whether IBKR may be resetting sessions, which then is why it opens none. */
  isNight?: (now: Date) => boolean;
  /** The address that requests leave by, where that is the same for many logins. */
  address?: OutgoingAddress;
}

/** How a connection's session stands; times in ms since 1970. */
export interface SessionReport {
  /**
   * `open`: calls go through. `closed`: the next call opens it. `competing`: another session of the user has it.
   * `signed_out`: the login is over. `credentials_rejected`: IBKR refused them and nobody changed them since.
   */
  state: 'open' | 'closed' | 'competing' | 'signed_out' | 'credentials_rejected';
  /** When this service last opened it. */
  openedAt: number | null;
  /** Until when IBKR refuses calls for too many requests; null or past when it does not. */
  pacedUntil: number | null;
}

const LEASE_MS = 30_000;
const LEASE_POLL_MS = 200;
/** A live session token is replaced this long before it expires. */
const RENEW_EARLY_MS = 60 * 60_000;
/** A session may be lost while it is opened. */
const OPENINGS_AT_MOST = 2;
/** After an init IBKR needs a moment; how long to wait before each further look. */
const INIT_POLL_MS = [500, 1_000, 2_000];

/** Titles and currencies hardly change, and IBKR allows one `GET /portfolio/accounts` in 5 s. */
export const PORTFOLIO_ACCOUNTS_CACHE_MS = 60 * 60_000;

/** Which accounts a login has hardly changes either; which one it has selected does, with any call. */
export const ACCOUNTS_RECENT_MS = 60_000;

const INIT: IbkrRequest = { method: 'POST', path: '/iserver/auth/ssodh/init' };
const STATUS: IbkrRequest = { method: 'POST', path: '/iserver/auth/status' };
const TICKLE: IbkrRequest = { method: 'POST', path: '/tickle' };
const LOGOUT: IbkrRequest = { method: 'POST', path: '/logout' };
const ACCOUNTS: IbkrRequest = { method: 'GET', path: '/iserver/accounts' };
const PORTFOLIO_ACCOUNTS: IbkrRequest = { method: 'GET', path: '/portfolio/accounts' };

const NO_SESSION: AuthStatus = { authenticated: false, connected: false, competing: false };

export class BrokerageSession {
  readonly #store: SessionStore;
  readonly #login: Login | undefined;
  readonly #allowTakeover: boolean;
  readonly #signsInByInit: boolean;
  readonly #isNight: (now: Date) => boolean;
  readonly #address: OutgoingAddress | undefined;
  /** The epoch this process works in; 0 before it looked. */
  #epoch = 0;
  /** The last epoch that IBKR was seen to have ended; reads that need no brokerage session would go on in it. */
  #lostEpoch = 0;
  #opening: Promise<void> | null = null;
  #liveSession: LiveSession | null = null;
  #accountIds: readonly string[] | null = null;
  #onlyAccount: string | null = null;
  #portfolioAccounts: KeptAnswer | null = null;
  #pacedUntil = 0;

  constructor(options: SessionOptions) {
    const { store, login, allowTakeover, signsInByInit = false, isNight = isNightlyReset } = options;
    this.#store = store;
    this.#login = login;
    this.#allowTakeover = allowTakeover;
    this.#signsInByInit = signsInByInit;
    this.#isNight = isNight;
    this.#address = options.address;
  }

  /** The login's accounts, if this process has seen them; null means not known, not none. */
  get accountIds(): readonly string[] | null {
    return this.#accountIds;
  }

  /** The account of a login that can select nothing else, if this process has seen that it is one. */
  get onlyAccount(): string | null {
    return this.#onlyAccount;
  }

  /** The opening this process works in; 0 before it looked. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * No call may leave before this moment (ms since 1970): IBKR answered 429, here, to another instance, or to others by the
   * same address.
   */
  get pacedUntil(): number {
    return Math.max(this.#pacedUntil, this.#address?.pausedUntil ?? 0);
  }

  /** Takes over a pause that another instance wrote down. */
  notePause(until: number): void {
    this.#pacedUntil = Math.max(this.#pacedUntil, until);
  }

  /**
   * Whether IBKR's answer to a read is known to be no first one of its session: this process read the same in the same
   * opening before, or what IBKR first answers empty was read as the session was opened. Never known of a login that is
   * not ours: others may have opened its session anew.
   */
  async isWarm(wasRead: boolean): Promise<boolean> {
    if (this.#login === undefined) return false;
    const { epoch, warmedEpoch, accountIds } = await this.#read();
    if (epoch !== this.#epoch) return false;
    return wasRead || (warmedEpoch === epoch && accountIds?.length === 1);
  }

  /** Pauses the connection here and in every instance that reads the record from now on. */
  async pause(until: number): Promise<void> {
    this.notePause(until);
    await this.#store.write({ pacedUntil: this.#pacedUntil });
  }

  /** The accounts of the login as whoever opened it last saw them, in any instance; none: it was never opened. */
  async knownAccounts(): Promise<readonly string[]> {
    return this.#accountIds ?? (await this.#read()).accountIds ?? [];
  }

  /**
   * Makes sure that somebody opened the session, and answers its epoch.
   * @throws {BrokerError} `competing`, `signed_out`, `credentials_rejected` or what kept IBKR from
   * answering.
   */
  async ensureOpen(sender: Sender): Promise<number> {
    const token = this.#liveSession;
    if (this.#lostEpoch > 0 && this.#epoch <= this.#lostEpoch) await this.#openOnce(sender, this.#lostEpoch);
    else if (this.#epoch === 0) await this.#openOnce(sender, 0);
    else if (token !== null && mustRenew(token)) await this.#renew(sender, token);
    return this.#epoch;
  }

  /** Opens the session again after a call in `lostEpoch` found it gone, unless somebody already did. */
  async recover(sender: Sender, lostEpoch: number): Promise<void> {
    if (this.#epoch === lostEpoch) await this.#openOnce(sender, lostEpoch);
  }

  /** Whether the session can carry a call now, by IBKR's own word. */
  async isHealthy(sender: Sender): Promise<boolean> {
    const response = await sender.send(STATUS);
    return response.status === 200 && isHealthy(parseStatus(STATUS, response));
  }

  /** How the session stands, without opening anything. */
  report(sender: Sender): Promise<SessionReport> {
    return this.#ask(sender, STATUS, (response) => parseStatus(STATUS, response));
  }

  /** Keeps the session from idling out, as far as there is one, and tells how it stands (`POST /tickle`). */
  keepAlive(sender: Sender): Promise<SessionReport> {
    return this.#ask(sender, TICKLE, (response) => parseTickle(TICKLE, response));
  }

  /** Ends the session that this service signed in to, if there is one. Whoever uses the connection next opens another. */
  async logOut(sender: Sender): Promise<void> {
    const { liveSession } = await this.#read();
    if (this.#login === undefined || liveSession === null) return;
    this.#use(liveSession);
    await sender.send(LOGOUT);
    await this.#store.write({ liveSession: null });
  }

  async #ask(
    sender: Sender,
    request: IbkrRequest,
    parseAnswer: (response: IbkrResponse) => AuthStatus,
  ): Promise<SessionReport> {
    const record = await this.#read();
    const rejected = record.credentialRejections;
    const times = { openedAt: record.openedAt, pacedUntil: record.pacedUntil };
    if (rejected !== null) return { state: 'credentials_rejected', ...times };
    if (this.#login !== undefined && this.#liveSession === null) {
      if (record.liveSession === null) return { state: 'closed', ...times };
      this.#use(record.liveSession);
    }
    const response = await sender.send(request);
    if (sessionLoss(response) === 'unauthorized') {
      return { state: this.#signsInByInit ? 'closed' : 'signed_out', ...times };
    }
    const status = parseAnswer(response);
    if (isHealthy(status)) return { state: 'open', ...times };
    if (!status.competing) this.#lostEpoch = record.epoch;
    return { state: status.competing ? 'competing' : 'closed', ...times };
  }

  /** A renewal that fails is no reason to fail while the old token holds. */
  async #renew(sender: Sender, token: LiveSession): Promise<void> {
    try {
      await this.#openOnce(sender, this.#epoch);
    } catch (error) {
      if (token.expiresAt <= Date.now()) throw error;
    }
  }

  /** Concurrent callers of this process share one opening. */
  #openOnce(sender: Sender, knownEpoch: number): Promise<void> {
    this.#opening ??= this.#openOrAdopt(sender, knownEpoch).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Takes over what another instance opened, or opens under the lease, of which there is one per connection. */
  async #openOrAdopt(sender: Sender, knownEpoch: number): Promise<void> {
    const holder = randomUUID();
    for (;;) {
      if (this.#adopt(sender, await this.#read(), knownEpoch)) return;
      if (await this.#store.acquireLease(holder, LEASE_MS + (this.#login?.exchangeMs ?? 0))) break;
      if (Date.now() + LEASE_POLL_MS > sender.deadline) throw timeoutError(STATUS);
      await delay(LEASE_POLL_MS);
    }
    try {
      const record = await this.#read();
      if (this.#adopt(sender, record, knownEpoch)) return;
      await this.#logIn(record);
      await this.#openBrokerage(sender);
      const epoch = record.epoch + 1;
      await this.#store.write({
        epoch,
        openedAt: Date.now(),
        trouble: null,
        accountIds: this.#accountIds,
        portfolioAccounts: this.#portfolioAccounts,
      });
      this.#epoch = epoch;
    } catch (error) {
      if (error instanceof BrokerError) {
        await this.#store.write({ trouble: { kind: error.kind, at: Date.now() } });
      }
      throw error;
    } finally {
      await this.#store.releaseLease(holder);
    }
  }

  async #read(): Promise<SessionRecord> {
    const record = await this.#store.read();
    this.notePause(record.pacedUntil ?? 0);
    return record;
  }

  #adopt(sender: Sender, record: SessionRecord, knownEpoch: number): boolean {
    if (record.epoch <= knownEpoch) return false;
    if (this.#login !== undefined) {
      if (record.liveSession === null || mustRenew(record.liveSession)) return false;
      this.#use(record.liveSession);
    }
    this.#epoch = record.epoch;
    this.#keepPortfolioAccounts(sender, record.portfolioAccounts);
    return true;
  }

  /** Has a live session token that holds, the stored one if it does. */
  async #logIn(record: SessionRecord): Promise<void> {
    if (this.#login === undefined) return;
    if (record.liveSession !== null && !mustRenew(record.liveSession)) this.#use(record.liveSession);
    else await this.#exchange(record);
  }

  /** One login exchange, never with credentials that IBKR already refused: it locks users out for that. */
  async #exchange({ credentialRejections: before }: SessionRecord): Promise<void> {
    if (this.#login === undefined) return;
    if (before !== null) {
      throw new BrokerError({ name: 'credentials_refused_before' });
    }
    const pause = this.pacedUntil - Date.now();
    if (pause > 0) throw rateLimited(pause);
    try {
      const liveSession = await this.#login.exchange();
      this.#use(liveSession);
      // Kept at once: it holds even if the brokerage session does not open.
      await this.#store.write({ liveSession });
    } catch (error) {
      if (error instanceof BrokerError && error.kind === 'credentials_rejected') {
        await this.#store.write({ credentialRejections: { count: 1, at: Date.now() } });
      }
      if (error instanceof BrokerError && error.status === 429 && error.retryAfter !== undefined) {
        await this.pause(Date.now() + error.retryAfter * 1000);
      }
      throw error;
    }
  }

  #use(session: LiveSession): void {
    this.#liveSession = session;
    this.#login?.use(session);
  }

  /** Brings the brokerage session up and makes the two calls that IBKR wants before all others. */
  async #openBrokerage(sender: Sender): Promise<void> {
    let status = await this.#askStatus(sender);
    for (let openings = 0; openings < OPENINGS_AT_MOST; openings++) {
      await this.#haveSession(sender, status);
      if (await this.#preflight(sender)) return;
      // Somebody took it in between, or IBKR calls a session good that carries no calls.
      const now = await this.#askStatus(sender);
      status = isHealthy(now) ? NO_SESSION : now;
    }
    throw new BrokerError({ name: 'session_unusable' });
  }

  /** By IBKR's own word, logged in again where that can be done. */
  async #askStatus(sender: Sender): Promise<AuthStatus> {
    let response = await sender.send(STATUS);
    if (response.status === 401 && this.#login !== undefined) {
      await this.#exchange(await this.#read());
      response = await sender.send(STATUS);
    }
    const isSignedOut = this.#signsInByInit && sessionLoss(response) === 'unauthorized';
    return isSignedOut ? NO_SESSION : parseStatus(STATUS, response);
  }

  /** @throws {BrokerError} `competing`, `signed_out`. */
  async #haveSession(sender: Sender, known: AuthStatus): Promise<void> {
    if (known.competing && !this.#allowTakeover) throw competingError();
    let status = isHealthy(known) ? known : await this.#init(sender);
    const session = this.#liveSession;
    if (!isHealthy(status) && !status.competing && session !== null && this.#login?.isOver?.(session)) {
      await this.#exchange(await this.#read());
      status = await this.#init(sender);
    }
    if (status.competing && !this.#allowTakeover) throw competingError();
    if (!isHealthy(status)) throw notOpenedError(this.#isNight(new Date()));
  }

  /** `ssodh/init` may answer 200 and have failed, or succeed a moment later: only `auth/status` is believed. */
  async #init(sender: Sender): Promise<AuthStatus> {
    const body = { publish: true, compete: this.#allowTakeover };
    let status = parseStatus(INIT, await sender.send({ ...INIT, body }));
    for (const wait of INIT_POLL_MS) {
      if (isHealthy(status) || (status.competing && !this.#allowTakeover)) break;
      await delay(wait);
      status = parseStatus(STATUS, await sender.send(STATUS));
    }
    return status;
  }

  /** @returns whether the session carries the calls that IBKR wants first. */
  async #preflight(sender: Sender): Promise<boolean> {
    let at = Date.now();
    let response = await sender.send(ACCOUNTS);
    for (const wait of INIT_POLL_MS) {
      if (sessionLoss(response) !== 'no_bridge') break;
      await delay(wait);
      at = Date.now();
      response = await sender.send(ACCOUNTS);
    }
    if (isLost(ACCOUNTS, response)) return false;
    const { accounts, onlyAccount } = parseAccounts(response);
    this.#accountIds = accounts;
    this.#onlyAccount = onlyAccount;
    sender.keep(ACCOUNTS, { response, at }, ACCOUNTS_RECENT_MS);

    // Needed once per session before `/portfolio/{id}/…`.
    const portfolio = await sender.send(PORTFOLIO_ACCOUNTS);
    if (isLost(PORTFOLIO_ACCOUNTS, portfolio)) return false;
    this.#portfolioAccounts = { body: portfolio.body, until: Date.now() + PORTFOLIO_ACCOUNTS_CACHE_MS };
    this.#keepPortfolioAccounts(sender, this.#portfolioAccounts);
    return true;
  }

  #keepPortfolioAccounts(sender: Sender, answer: KeptAnswer | null): void {
    const forMs = (answer?.until ?? 0) - Date.now();
    if (answer === null || forMs <= 0) return;
    const response = { status: 200, body: answer.body };
    sender.keep(PORTFOLIO_ACCOUNTS, { response, at: answer.until - PORTFOLIO_ACCOUNTS_CACHE_MS }, forMs);
  }
}

function mustRenew({ expiresAt }: LiveSession): boolean {
  return expiresAt - RENEW_EARLY_MS < Date.now();
}

/**
 * Whether an answer to one of the first calls of a session says that there is none.
 * @throws {BrokerError} for what is refused otherwise.
 */
function isLost(request: IbkrRequest, response: IbkrResponse): boolean {
  if (sessionLoss(response) !== null) return true;
  if (response.status !== 200) throw openingRefusal(request, response);
  return false;
}

function parseAccounts({ body }: IbkrResponse) {
  try {
    return brokerageAccountsSchema.parse(parseJsonBody(body));
  } catch (cause) {
    throw unexpectedAnswer(ACCOUNTS, cause);
  }
}
