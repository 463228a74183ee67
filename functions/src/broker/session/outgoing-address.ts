/**
 * What IBKR's answers say of the address that requests leave by. Who asks for too much has their address locked out, with
 * all logins that use it, and those are blocked for good who go on asking: all are to stop that meet such a lock. A 429
 * to one login need be none, and whose login it is may have brought it about.
 */
import { PENALTY_MS } from '../wire/ibkr-error.ts';
import { FIRST_PAUSE_MS } from './pacing.ts';

/** Times are milliseconds since 1970. */
export interface AddressPause {
  /** When what showed it was sent. */
  since: number;
  until: number;
}

/** Where the instances tell each other of a pause. */
export interface AddressPauses {
  read(): Promise<AddressPause | null>;
  write(pause: AddressPause): Promise<void>;
}

/** Who was refused: IBKR's own accounts of the login, which nobody can make up. */
export interface RefusedLogin {
  owner: string;
  accountIds: readonly string[];
}

interface Refusal extends RefusedLogin {
  sentAt: number;
}

/** So many people with accounts of their own are refused before it is the address that is. */
const REFUSED_AT_LEAST = 3;
/** How far apart they may be. */
const TOGETHER_MS = 60_000;
/** How often an instance looks what others met; no call waits for that. */
const LOOK_EVERY_MS = 60_000;

/** One for all connections of a process that reach IBKR itself. */
export class OutgoingAddress {
  readonly #pauses: AddressPauses;
  readonly #onPause: (until: number) => void;
  #refusals: Refusal[] = [];
  /** When the latest request left that IBKR answered. */
  #answeredAt = 0;
  #pause: AddressPause = { since: 0, until: 0 };
  #lookedAt = 0;

  /** @param onPause Told when a pause begins, and of its end. */
  constructor(pauses: AddressPauses, onPause: (until: number) => void = () => {}) {
    this.#pauses = pauses;
    this.#onPause = onPause;
  }

  /** No request may leave before (ms since 1970). */
  get pausedUntil(): number {
    return this.#pause.until;
  }

  /** Has a look at what other instances met, if it is time for one. */
  look(now = Date.now()): void {
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    this.#pauses.read().then(
      (pause) => {
        if (pause !== null) this.#keep({ ...pause, until: Math.min(pause.until, Date.now() + PENALTY_MS) });
      },
      // What is not known of others is found out here.
      () => {},
    );
  }

  /** IBKR answered a request that left at `sentAt`: what was refused before was not for the address. */
  noteAnswer(sentAt: number): void {
    this.#answeredAt = Math.max(this.#answeredAt, sentAt);
    this.#refusals = this.#refusals.filter((refusal) => refusal.sentAt > sentAt);
    if (sentAt > this.#pause.since)
      this.#pause = { ...this.#pause, until: Math.min(this.#pause.until, sentAt) };
  }

  /** IBKR said 429 to a login that kept to its limits, of a request that left at `sentAt`. */
  async noteRefusal(login: RefusedLogin, sentAt: number): Promise<void> {
    const now = Date.now();
    if (sentAt <= this.#answeredAt) return;
    this.#refusals = [
      ...this.#refusals.filter((refusal) => now - refusal.sentAt < TOGETHER_MS),
      { ...login, sentAt },
    ];
    if (this.#pause.until > now || strangersAmong(this.#refusals) < REFUSED_AT_LEAST) return;
    // What leaves after a pause and is refused again has met a lock.
    const isLocked = this.#pause.until > this.#answeredAt && now - this.#pause.until < PENALTY_MS;
    const since = Math.min(...this.#refusals.map((refusal) => refusal.sentAt));
    const pause = { since, until: now + (isLocked ? PENALTY_MS : FIRST_PAUSE_MS) };
    this.#refusals = [];
    this.#keep(pause);
    this.#onPause(pause.until);
    await this.#pauses.write(pause);
  }

  #keep(pause: AddressPause): void {
    if (pause.since > this.#answeredAt && pause.until > this.#pause.until) this.#pause = pause;
  }
}

/** How many of them are different people with accounts that no other one has. */
function strangersAmong(refusals: readonly RefusedLogin[]): number {
  const owners = new Set<string>();
  const accounts = new Set<string>();
  for (const { owner, accountIds } of refusals) {
    if (accountIds.length === 0 || owners.has(owner) || accountIds.some((id) => accounts.has(id))) continue;
    owners.add(owner);
    for (const id of accountIds) accounts.add(id);
  }
  return owners.size;
}
