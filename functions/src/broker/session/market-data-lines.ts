/**
 * Market-data lines: IBKR gives a user about 100 at a time, and every instrument that was asked for a quote in a session
 * holds one until it is given back.
 */

import { EventEmitter, once } from 'node:events';
import { z } from 'zod';
import { BrokerError } from '../errors.ts';
import { rateLimited } from '../wire/ibkr-error.ts';
import type { IbkrRequest } from '../wire/request.ts';

/** Of one process, so that the user's own programs have some left. */
export const LINES_AT_ONCE = 80;
/** Kept for the next quote of the same instruments; few, since other instances of this service may keep as many. */
const KEPT_LINES = 20;
/** More than so many are given back together with all others: that is one call. */
const ONE_BY_ONE = 5;
/** How long a call that found all lines in use is told to wait. */
const IN_USE_MS = 10_000;

const UNSUBSCRIBE_ALL: IbkrRequest = { method: 'GET', path: '/iserver/marketdata/unsubscribeall' };
const anything = z.unknown();

/** What is used of the client of a call. */
interface Caller {
  readonly sessionEpoch: number;
  readonly deadline: number;
  change(
    request: IbkrRequest,
    schema: typeof anything,
    options: { confirmSession: boolean },
  ): Promise<unknown>;
}

/** The lines that one connection holds in this process. */
export class MarketDataLines {
  /** How many calls use each, by conid; the least recently used first. */
  readonly #users = new Map<number, number>();
  /** Those of which IBKR has told all that it has, once: what it tells next is how they are. */
  readonly #settled = new Set<number>();
  /** Those that are being given back, and held until that is done. */
  #leaving = 0;
  /** Of the session that holds them: a new one has none. */
  #epoch = 0;
  /** `freed`: fewer are in use or held. */
  readonly #events = new EventEmitter().setMaxListeners(0);

  /**
   * Runs `work`, which reads quotes of these instruments, and gives back what is more than is worth keeping.
   * @param conids At most `LINES_AT_ONCE`.
   * @param work Told whether all of them were read before, and kept since.
   * @throws {BrokerError} `rate_limited` when other calls use the lines until the call has to be over.
   */
  async use<T>(
    client: Caller,
    conids: readonly number[],
    work: (areSettled: boolean) => Promise<T>,
  ): Promise<T> {
    this.#noteSession(client.sessionEpoch);
    await this.#take(client, conids);
    try {
      const answer = await work(conids.every((conid) => this.#settled.has(conid)));
      for (const conid of conids) this.#settled.add(conid);
      return answer;
    } finally {
      for (const conid of conids) this.#move(conid, -1);
      if (this.#epoch === 0) this.#epoch = client.sessionEpoch;
      this.#events.emit('freed');
      await this.#giveBackUnused(client);
    }
  }

  /** Between the look for room and the note that it is taken nothing else runs. */
  async #take(client: Caller, conids: readonly number[]): Promise<void> {
    const signal = AbortSignal.timeout(Math.max(0, client.deadline - Date.now()));
    for (;;) {
      const isOther = (conid: number) => !conids.includes(conid);
      const idle = this.#idle().filter(isOther);
      const surplus =
        this.#inUse().filter(isOther).length + this.#leaving + idle.length + conids.length - LINES_AT_ONCE;
      if (surplus <= 0) break;
      if (idle.length > 0) await this.#giveBack(client, idle.slice(0, surplus));
      else await this.#freed(signal);
    }
    for (const conid of conids) this.#move(conid, 1);
  }

  async #freed(signal: AbortSignal): Promise<void> {
    try {
      await once(this.#events, 'freed', { signal });
    } catch {
      throw rateLimited(IN_USE_MS);
    }
  }

  #noteSession(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    for (const conid of this.#idle()) this.#users.delete(conid);
    this.#settled.clear();
  }

  #move(conid: number, users: number): void {
    const before = this.#users.get(conid) ?? 0;
    this.#users.delete(conid);
    this.#users.set(conid, before + users);
  }

  #inUse(): number[] {
    return [...this.#users].filter(([, users]) => users > 0).map(([conid]) => conid);
  }

  #idle(): number[] {
    return [...this.#users].filter(([, users]) => users === 0).map(([conid]) => conid);
  }

  /** Of many while others are in use, the call that ends last gives back all. */
  async #giveBackUnused(client: Caller): Promise<void> {
    const idle = this.#idle();
    const surplus = idle.slice(0, Math.max(0, idle.length - KEPT_LINES));
    const isLast = idle.length === this.#users.size;
    if (surplus.length > 0 && (isLast || surplus.length <= ONE_BY_ONE)) await this.#giveBack(client, surplus);
  }

  async #giveBack(client: Caller, surplus: readonly number[]): Promise<void> {
    const idle = this.#idle();
    const isAll = surplus.length > ONE_BY_ONE && idle.length === this.#users.size;
    const leaving = isAll ? idle : surplus;
    for (const conid of leaving) {
      this.#users.delete(conid);
      this.#settled.delete(conid);
    }
    this.#leaving += leaving.length;
    const requests = isAll ? [UNSUBSCRIBE_ALL] : leaving.map(unsubscribe);
    await Promise.all(requests.map((request) => sendQuietly(client, request)));
    this.#leaving -= leaving.length;
    this.#events.emit('freed');
  }
}

function unsubscribe(conid: number): IbkrRequest {
  return { method: 'POST', path: '/iserver/marketdata/unsubscribe', body: { conid } };
}

/** A line that is not given back costs nobody their quote, and IBKR answers 500 for one that it does not have. */
async function sendQuietly(client: Caller, request: IbkrRequest): Promise<void> {
  try {
    await client.change(request, anything, { confirmSession: false });
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
  }
}
