import { AccountBook, pointValueOf } from './accounts/account-book.ts';
import { toMicros } from './accounts/money.ts';
import { BASE_CURRENCY } from './accounts/valuation.ts';
import { instrumentOf } from './contracts/catalog.ts';
import { INSTRUMENTS, type Instrument, isUsListing, OPTION_UNDERLYINGS } from './contracts/instruments.ts';
import { listedExpirations, listedStrikes, optionConid } from './contracts/option-contracts.ts';
import { Clock } from './market/clock.ts';
import { Market } from './market/market.ts';
import { hashText } from './market/prices.ts';
import { QuoteOverrides } from './market/quote-overrides.ts';
import { isResetting } from './market/region.ts';
import { TradingHours } from './market/trading-hours.ts';
import { Matching } from './orders/matching.ts';
import { OrderPlans } from './orders/order-plans.ts';
import { type Allocations, Session } from './session/session-state.ts';
import type { Settings } from './settings.ts';
import type { UserSettings } from './sign-in/user-settings.ts';
import type { StoredState } from './stored-state.ts';

export const ROOT_SESSION = 'root';
const SANDBOX_PREFIX = 'sandbox/';

/** The key of a sandbox's session. */
export function sandboxKey(id: string): string {
  return SANDBOX_PREFIX + id;
}

/** The id of the sandbox whose session has this key; undefined for other sessions. */
export function sandboxOf(key: string): string | undefined {
  return key.startsWith(SANDBOX_PREFIX) ? key.slice(SANDBOX_PREFIX.length) : undefined;
}

/** The key of the session of a user who signs in by name and password. */
export function signInKey(username: string): string {
  return `sign-in/${username}`;
}

/** Whether a person logs this session in, whose login ends with the day. */
function endsWithDay(key: string): boolean {
  return key === ROOT_SESSION || key.startsWith(signInKey(''));
}

const STARTING_VALUE = 1_000_000;
/** Order ids lie beyond 2^31, as real ones may. */
const FIRST_ORDER_ID = 2_200_000_001;
const DAY_MS = 86_400_000;

/** What a new account holds; bought in the months before it is first seen. */
const STARTING_POSITIONS: readonly { conid: number; quantity: number; boughtDaysAgo: number }[] = [
  { conid: 265598, quantity: 120, boughtDaysAgo: 88 },
  { conid: 756733, quantity: 100, boughtDaysAgo: 61 },
  { conid: 272093, quantity: 60, boughtDaysAgo: 47 },
  { conid: 4815747, quantity: 150, boughtDaysAgo: 33 },
  { conid: 14204, quantity: 80, boughtDaysAgo: 19 },
];

/** How one sandbox differs from the settings of the simulator. */
export interface LoginOptions {
  readonly accounts?: number;
  readonly positions?: number;
  /** Those of an advisor. */
  readonly allocations?: Allocations;
  readonly username?: string;
  /** A paper account, unless told otherwise. */
  readonly isPaper?: boolean;
  /** Whose it is, of a sandbox of a service. */
  readonly person?: string | undefined;
}

/** The world: time, market, accounts and the sessions that act on them. */
export class Simulation {
  readonly settings: Settings;
  readonly clock: Clock;
  /** As everybody sees it for whom no price is forced. */
  readonly market: Market;
  readonly #ownMarkets = new Map<string, Market>();
  readonly matching: Matching;
  readonly plans = new OrderPlans();
  readonly quoteOverrides = new QuoteOverrides();
  readonly accounts = new Map<string, AccountBook>();
  /** Who can sign in by name and password, by name. */
  readonly signInUsers: Map<string, UserSettings>;
  readonly #sessions = new Map<string, Session>();
  /** Of advisors' logins, by the key of the session. */
  readonly #allocations: Map<string, Allocations>;
  readonly #listeners = new Set<() => void>();
  /** Something that belongs in the state file has changed. */
  isDirty = false;

  constructor(settings: Settings, stored?: StoredState) {
    this.settings = settings;
    this.clock = new Clock(settings.now);
    this.market = new Market(settings.seed, new TradingHours(settings.hours));
    const changed = () => {
      this.isDirty = true;
      for (const listener of this.#listeners) listener();
    };
    this.signInUsers = new Map(stored?.signInUsers?.map((user) => [user.username, user]));
    this.#allocations = new Map(Object.entries(stored?.allocations ?? {}));
    for (const account of stored?.accounts ?? []) this.accounts.set(account.id, AccountBook.restore(account));
    const firstOrderId = stored?.nextOrderId ?? FIRST_ORDER_ID;
    this.matching = new Matching(
      (owner) => this.marketOf(owner),
      this.market.hours,
      this.clock,
      this.accounts,
      changed,
      firstOrderId,
    );
    if (stored) this.matching.resume(stored.seenUntil, stored.nextExecution);
  }

  /** Has it called at every change of an order or account, while that is still under way. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Ends what time has ended of a session. */
  expire(session: Session, now: number): void {
    session.expire(now, this.settings.nightlyReset, endsWithDay(session.key));
  }

  /** The market as the session of this key sees it. */
  marketOf(key: string): Market {
    return this.#ownMarkets.get(key) ?? this.market;
  }

  /** A market in which prices can be forced for the session of this key alone. */
  ownMarketOf(key: string): Market {
    const own = this.#ownMarkets.get(key) ?? new Market(this.settings.seed, this.market.hours, this.market);
    this.#ownMarkets.set(key, own);
    return own;
  }

  /** Gives forced prices back: those of this session alone, or all. */
  clearPrices(key?: string): void {
    if (key === undefined) this.market.clearOverrides();
    for (const [owner, market] of this.#ownMarkets) {
      if (key === undefined || owner === key) market.clearOverrides();
    }
  }

  /** The session of a key (`root`, `sandbox/{id}`, `oauth/{consumer}`, `sign-in/{user}`), opened when first used. */
  session(key: string, options: LoginOptions = {}): Session {
    const known = this.#sessions.get(key);
    if (known) return known;
    const owned = [...this.accounts.values()].filter((account) => account.owner === key).map(({ id }) => id);
    const missing = Math.max(0, (options.accounts ?? this.settings.accounts) - owned.length);
    const positions = options.positions ?? this.settings.positions;
    const created = Array.from({ length: missing }, () => this.#createAccount(key, positions, options).id);
    const isLoggedIn = key !== ROOT_SESSION || this.settings.login === 'auto';
    const accountIds = [...owned, ...created];
    const { groups, profiles, region } = this.settings;
    const allocations = options.allocations ?? this.#allocations.get(key) ?? { groups, profiles };
    if (options.allocations) this.#allocations.set(key, options.allocations);
    const { username, isPaper } = options;
    const now = this.clock.now();
    const session = new Session(key, accountIds, { isLoggedIn, region, now, allocations, username, isPaper });
    this.#sessions.set(key, session);
    return session;
  }

  /** Takes a session away with its accounts, as if it had never been. */
  forget(key: string): void {
    for (const account of this.accounts.values()) {
      if (account.owner !== key) continue;
      this.matching.forget(account);
      this.accounts.delete(account.id);
    }
    this.#sessions.delete(key);
    this.#ownMarkets.delete(key);
    this.#allocations.delete(key);
    this.isDirty = true;
  }

  /** Whether IBKR is in its nightly reset. */
  isResetting(now: number): boolean {
    return this.settings.nightlyReset && isResetting(this.settings.region, now);
  }

  hasSession(key: string): boolean {
    return this.#sessions.has(key);
  }

  *sessions(): Iterable<Session> {
    yield* this.#sessions.values();
  }

  /** An account of the session's login; undefined for everybody else's. */
  accountOf(session: Session, id: string | undefined): AccountBook | undefined {
    return id !== undefined && session.accountIds.includes(id) ? this.accounts.get(id) : undefined;
  }

  /** The accounts that an order to this account, group or profile is for; none that are somebody else's. */
  accountsOf(session: Session, name: string): AccountBook[] {
    const ids = session.isAllocation(name) ? session.accountIds : [name];
    return ids.flatMap((id) => this.accountOf(session, id) ?? []);
  }

  store(): StoredState {
    return {
      version: 1,
      seenUntil: this.matching.seenUntil,
      nextOrderId: this.matching.nextOrderId,
      nextExecution: this.matching.nextExecution,
      accounts: [...this.accounts.values()].map((account) => account.store()),
      allocations: Object.fromEntries(this.#allocations),
      signInUsers: [...this.signInUsers.values()],
    };
  }

  #createAccount(owner: string, positions: number, { isPaper = true, person }: LoginOptions): AccountBook {
    const now = this.clock.now();
    const account = new AccountBook(this.#freeAccountId(owner, isPaper), owner, now, person);
    let invested = 0;
    for (const { conid, quantity, boughtDaysAgo } of this.#startingPositions(positions)) {
      const instrument = instrumentOf(conid);
      if (!instrument) continue;
      const units = quantity * pointValueOf(instrument);
      const price = this.market.last(instrument, now);
      const cost = this.market.last(instrument, now - boughtDaysAgo * DAY_MS);
      account.positions.set(conid, { conid, quantity, cost: toMicros(cost * units), realized: 0 });
      invested += price * units * this.market.rate(instrument.currency, BASE_CURRENCY, now);
    }
    account.deposit(BASE_CURRENCY, toMicros(Math.round((STARTING_VALUE - invested) * 100) / 100));
    this.accounts.set(account.id, account);
    this.isDirty = true;
    return account;
  }

  /** More positions than the standard ones are single shares, then single options. */
  #startingPositions(count: number): { conid: number; quantity: number; boughtDaysAgo: number }[] {
    const standard = STARTING_POSITIONS.slice(0, count);
    const missing = count - standard.length;
    if (missing <= 0) return standard;
    const held = new Set(standard.map(({ conid }) => conid));
    const shares = INSTRUMENTS.filter((instrument) => isUsListing(instrument) && !held.has(instrument.conid));
    const more = [...shares.map(({ conid }) => conid), ...this.#listedOptions()].slice(0, missing);
    return [...standard, ...more.map((conid, i) => ({ conid, quantity: 1, boughtDaysAgo: i % 30 }))];
  }

  *#listedOptions(): Iterable<number> {
    const now = this.clock.now();
    for (const underlying of OPTION_UNDERLYINGS) {
      const instrument: Instrument | undefined = instrumentOf(underlying);
      if (!instrument) continue;
      const spot = this.market.last(instrument, now);
      for (const expiry of listedExpirations(now).slice(-3)) {
        for (const strike of listedStrikes(spot, expiry)) yield optionConid(underlying, expiry, strike, 'C');
      }
    }
  }

  /** Seven digits that follow from the owner's name, after `DU`, or `U` where the account is real. */
  #freeAccountId(owner: string, isPaper: boolean): string {
    const prefix = isPaper ? 'DU' : 'U';
    let number = hashText(owner) % 10_000_000;
    while (this.accounts.has(accountId(prefix, number))) number = (number + 1) % 10_000_000;
    return accountId(prefix, number);
  }
}

function accountId(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(7, '0')}`;
}
