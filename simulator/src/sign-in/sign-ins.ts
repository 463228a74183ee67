/** Everybody who can sign in to the simulated IBKR by name and password, and who has. */

import { randomBytes } from 'node:crypto';
import { badRequest } from '../http/answer.ts';
import { cookieOf, newCookie } from '../http/cookies.ts';
import type { Session } from '../session/session-state.ts';
import { type Simulation, signInKey } from '../simulation.ts';
import type { Attempt } from './attempt.ts';
import { Authenticator } from './authenticator.ts';
import { UserRecord } from './user-record.ts';
import { changedUser, newUser } from './user-settings.ts';

/** A session that was signed in to, as a client has it by the cookie `XYZAB`. */
export interface SignedIn {
  readonly session: Session;
  readonly user: UserRecord;
  /** From when on its cookie `USERID` is told. */
  readonly userIdFrom: number;
}

export class SignIns {
  readonly authenticator = new Authenticator((name) => this.user(name));
  /** No sign-in is taken: ordered by a test, and during the nightly reset. */
  isClosed = false;
  /** Where `/sso/Dispatcher` leads, in place of its other host. */
  redirectTo: string | undefined;
  readonly #simulation: Simulation;
  readonly #users = new Map<string, UserRecord>();
  /** The cookies `JSESSIONID` that were given out. */
  readonly #browsers = new Set<string>();
  /** By the cookie `XYZAB`. */
  readonly #signedIn = new Map<string, SignedIn>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    for (const [name, settings] of simulation.signInUsers) this.#users.set(name, new UserRecord(settings));
  }

  /** Users that there are, and names that were tried. */
  get users(): ReadonlyMap<string, UserRecord> {
    return this.#users;
  }

  /** The user of a name; IBKR asks for a password whether or not there is one. */
  user(name: string): UserRecord {
    const key = name.toLowerCase();
    const known = this.#users.get(key);
    if (known) return known;
    const unknown = new UserRecord(newUser(key), true);
    this.#users.set(key, unknown);
    return unknown;
  }

  /**
   * Makes a user or changes what is named of one.
   * @throws {Refusal} 400 naming what is wrong.
   */
  change(name: string, changes: Readonly<Record<string, unknown>>): UserRecord {
    const user = this.user(name);
    const settings = changedUser(user.settings, changes);
    const key = signInKey(settings.username);
    const hasAccount = [...this.#simulation.accounts.values()].some(({ owner }) => owner === key);
    if (hasAccount && settings.mode !== user.settings.mode)
      throw badRequest('mode cannot change: there is an account');
    user.settings = settings;
    user.isUnknown = false;
    this.#simulation.signInUsers.set(settings.username, settings);
    this.#simulation.isDirty = true;
    return user;
  }

  isOpen(now: number): boolean {
    return !this.isClosed && !this.#simulation.isResetting(now);
  }

  /** The browser of a cookie `JSESSIONID` that was given out, or a new one. */
  browser(cookie: string | undefined): { readonly id: string; readonly isNew: boolean } {
    if (cookie !== undefined && this.#browsers.has(cookie)) return { id: cookie, isNew: false };
    const id = randomBytes(16).toString('hex').toUpperCase();
    this.#browsers.add(id);
    return { id, isNew: true };
  }

  /** Opens the session of a sign-in that is complete; one that the user had before is over. */
  open({ user, proof }: Attempt, now: number): void {
    if (!proof) return;
    const { username, mode, userIdAfterMs } = user.settings;
    const session = this.#simulation.session(signInKey(username), { username, isPaper: mode === 'paper' });
    for (const [key, each] of this.#signedIn) if (each.session === session) this.#signedIn.delete(key);
    session.logOut();
    session.logIn(now);
    session.gatewayKey = proof.key;
    user.signedIn += 1;
    this.#signedIn.set(proof.sessionKey, { session, user, userIdFrom: now + userIdAfterMs });
  }

  /** Ends the session of a user, as IBKR may at any time. */
  end(name: string): void {
    for (const { session, user } of this.#signedIn.values())
      if (user.settings.username === name) session.logOut();
  }

  /** Whether somebody claims to have signed in, truly or not, by any of the cookies of a sign-in. */
  isClaimed(cookies: string | undefined): boolean {
    return ['XYZAB', 'XYZAB_AM.LOGIN', 'USERID'].some((name) => cookieOf(cookies, name) !== undefined);
  }

  /** Who signed in with these cookies; undefined when that is over or never was. */
  signedIn(cookies: string | undefined): SignedIn | undefined {
    return this.#signedIn.get(cookieOf(cookies, 'XYZAB') ?? '');
  }

  /** The session of a call of the API: it needs the cookie `USERID` too. */
  session(cookies: string | undefined): Session | undefined {
    const session = this.signedIn(cookies)?.session;
    return session && cookieOf(cookies, 'USERID') === String(session.userId) ? session : undefined;
  }

  /** The cookie `USERID`, once it is time and as long as the client does not have it. */
  userIdCookie(cookies: string | undefined, now: number): string | undefined {
    const signedIn = this.signedIn(cookies);
    if (!signedIn || now < signedIn.userIdFrom || cookieOf(cookies, 'USERID') !== undefined) return undefined;
    return newCookie('USERID', String(signedIn.session.userId), '/');
  }
}
