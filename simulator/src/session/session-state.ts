import { randomBytes } from 'node:crypto';
import { hashText } from '../market/prices.ts';
import { lastReset, nextMidnight, type Region } from '../market/region.ts';
import type { OrderTerms } from '../orders/order.ts';

/** Without any call the brokerage session ends after this long. */
const IDLE_MS = 6 * 60_000;
/** A login at the gateway's page lasts so long at most, and not over midnight of the region. */
const LOGIN_MS = 86_400_000;

/** A question that must be answered before an order is taken; what is left of the request it belongs to. */
export interface PendingReply {
  readonly accountId: string;
  readonly drafts: readonly OrderDraft[];
  /** Messages still to be confirmed, the one asked first. */
  readonly questions: readonly Question[];
  /** Set when the request modifies an order. */
  readonly orderId?: number;
  readonly askedAt: number;
}

export interface Question {
  readonly id: string;
  readonly text: string;
  /** Takes the place of fields of its usual form; only tests order such questions. */
  readonly form?: Readonly<Record<string, unknown>>;
}

/** A checked ticket of a request, with the links to its siblings. */
export interface OrderDraft {
  readonly terms: OrderTerms;
  readonly parentCOID?: string;
  readonly isSingleGroup: boolean;
}

export interface Subscription {
  readonly since: number;
  fields: readonly string[];
}

export interface Watchlist {
  readonly id: string;
  readonly name: string;
  readonly hash: string;
  readonly conids: readonly number[];
  readonly modified: number;
}

export interface Alert {
  readonly id: number;
  readonly account: string;
  readonly name: string;
  readonly message: string;
  readonly isActive: boolean;
  readonly isRepeatable: boolean;
  readonly createdAt: number;
  readonly conditions: readonly AlertCondition[];
}

interface AlertCondition {
  readonly type: number;
  readonly conidex: string;
  readonly operator: string;
  readonly value: string;
  readonly logicBind: string;
}

/** What IBKR remembers between `ssodh/init` and the end of the brokerage session. */
export class BrokerageSession {
  readonly startedAt: number;
  selectedAccount: string;
  accountsCalled = false;
  ordersWarm = false;
  tradesWarm = false;
  pnlWarm = false;
  hasHistoricalData = false;
  orderFilters: ReadonlySet<string> = new Set();
  readonly subscriptions = new Map<number, Subscription>();
  /** Underlyings that a search has loaded; chains of others are empty. */
  readonly searched = new Set<number>();
  readonly warmWatchlists = new Set<string>();
  suppressed: ReadonlySet<string> = new Set();
  /** Asked before all others about the next order. */
  orderedQuestion: Question | undefined;
  readonly replies = new Map<string, PendingReply>();
  readonly staleReplies = new Set<string>();
  /** Orders placed or changed in this session; the status of others is not known in it. */
  readonly knownOrders = new Set<number>();

  constructor(startedAt: number, account: string) {
    this.startedAt = startedAt;
    this.selectedAccount = account;
  }
}

/** What an advisor's login has besides accounts: names that an order can be for, and is then shared out. */
export interface Allocations {
  readonly groups: readonly string[];
  readonly profiles: readonly string[];
}

interface SessionOptions {
  readonly isLoggedIn: boolean;
  readonly region: Region;
  readonly now: number;
  readonly allocations: Allocations;
  /** One that follows from the key, where left out. */
  readonly username: string | undefined;
  readonly isPaper: boolean | undefined;
}

/** One user's session with IBKR: the outer login and, inside it, the brokerage session. */
export class Session {
  readonly key: string;
  readonly username: string;
  readonly userId: number;
  readonly isPaper: boolean;
  readonly accountIds: readonly string[];
  readonly allocations: Allocations;
  readonly hardwareInfo: string;
  isLoggedIn: boolean;
  /** Session token that `/tickle` tells, for the WebSocket. */
  token = newToken();
  loggedInAt: number;
  lastActivity: number;
  brokerage: BrokerageSession | undefined;
  /** Whether only the program that logged in, which has the token as its cookie, may use the login. */
  isBoundToCookie = false;
  /** Another program (TWS, mobile) holds the user's brokerage session. */
  isHeldElsewhere = false;
  portfolioAccountsCalled = false;
  /** What a Client Portal Gateway proves itself with, in hex; no challenge before it asks. */
  gatewayKey = randomBytes(20).toString('hex');
  gatewayChallenge = '';
  readonly warmPositions = new Set<string>();
  readonly watchlists = new Map<string, Watchlist>();
  readonly alerts = new Map<number, Alert>();

  readonly #region: Region;

  constructor(
    key: string,
    accountIds: readonly string[],
    { isLoggedIn, region, now, allocations, username, isPaper = true }: SessionOptions,
  ) {
    const number = hashText(`user ${key}`);
    this.key = key;
    this.#region = region;
    this.accountIds = accountIds;
    this.allocations = allocations;
    this.isPaper = isPaper;
    this.username = username ?? `sim${String(number % 1_000_000).padStart(6, '0')}`;
    this.userId = 100_000_000 + (number % 100_000_000);
    this.hardwareInfo = `${number.toString(16).padStart(8, '0')}|02:00:00:00:00:01`;
    this.isLoggedIn = isLoggedIn;
    this.loggedInAt = now;
    this.lastActivity = now;
  }

  get isAdvisor(): boolean {
    return this.allocations.groups.length + this.allocations.profiles.length > 0;
  }

  /** What an advisor can name in place of an account. */
  isAllocation(name: string): boolean {
    return this.allocations.groups.includes(name) || this.allocations.profiles.includes(name);
  }

  get firstAccount(): string {
    return this.accountIds[0] ?? '';
  }

  logIn(now: number): void {
    this.isLoggedIn = true;
    this.loggedInAt = now;
    this.lastActivity = now;
    this.token = newToken();
    this.isBoundToCookie = false;
  }

  /** Epoch ms at which the outer login ends: after a day, at midnight of the region before that. */
  get loginEndsAt(): number {
    return Math.min(this.loggedInAt + LOGIN_MS, nextMidnight(this.#region, this.loggedInAt));
  }

  /** Ends the outer login and everything in it. */
  logOut(): void {
    this.isLoggedIn = false;
    this.brokerage = undefined;
    this.portfolioAccountsCalled = false;
    this.warmPositions.clear();
  }

  /** Opens a brokerage session, unless another program has it and is not to be thrown out. */
  openBrokerage(now: number, compete: boolean): void {
    if (this.isHeldElsewhere && !compete) return;
    this.isHeldElsewhere = false;
    this.brokerage = new BrokerageSession(now, this.firstAccount);
  }

  /** Another program takes the brokerage session. */
  loseBrokerage(): void {
    this.isHeldElsewhere = true;
    this.brokerage = undefined;
  }

  /** Has the next order asked about, in this form. */
  askNext(form: Readonly<Record<string, unknown>>): void {
    if (this.brokerage) this.brokerage.orderedQuestion = { id: '', text: '', form };
  }

  /**
   * Ends what time ends.
   * @param hasNightlyReset Whether nights end anything.
   * @param hasLoginPage Whether a person logs it in, whose login ends with the day.
   */
  expire(now: number, hasNightlyReset: boolean, hasLoginPage: boolean): void {
    if (hasNightlyReset && hasLoginPage && now >= this.loginEndsAt) this.logOut();
    const isIdle = now - this.lastActivity > IDLE_MS;
    const isReset =
      hasNightlyReset &&
      this.brokerage !== undefined &&
      this.brokerage.startedAt < lastReset(this.#region, now);
    if (isIdle || isReset) this.brokerage = undefined;
  }

  /** Notes a call, which keeps the brokerage session from going idle. */
  touch(now: number): void {
    this.lastActivity = now;
  }
}

function newToken(): string {
  return randomBytes(16).toString('hex');
}
