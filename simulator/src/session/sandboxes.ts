/**
 * The sandboxes that there are. Those of a simulator with a key, which serves strangers, are bounded: for each person of
 * its service, and in all.
 */

import { serviceUnavailable } from '../http/answer.ts';
import { type Simulation, sandboxKey, sandboxOf } from '../simulation.ts';
import type { Session } from './session-state.ts';

/** As many connections as the gateway lets one person have. */
const MOST_OF_A_PERSON = 20;

export class Sandboxes {
  readonly #simulation: Simulation;
  readonly #forget: (key: string) => void;
  /** Whose each is, by the key of its session, the one that was not used for longest first. */
  readonly #people = new Map<string, string | undefined>();

  /** @param forget Takes away all that there is of a session. */
  constructor(simulation: Simulation, forget: (key: string) => void) {
    this.#simulation = simulation;
    this.#forget = forget;
    for (const { owner, person } of simulation.accounts.values()) {
      if (sandboxOf(owner) !== undefined) this.#people.set(owner, person);
    }
  }

  /**
   * The session of a sandbox, opened when first used. One that is too many for a person takes the place of the one that
   * they did not use for longest.
   * @param person Whoever the service says that it is for.
   * @throws {Refusal} 503 where there are as many as there may be.
   */
  session(id: string, person: string | undefined): Session {
    const key = sandboxKey(id);
    if (!this.#people.has(key)) this.#makeRoom(person);
    const whose = this.#people.get(key) ?? person;
    this.#people.delete(key);
    this.#people.set(key, whose);
    return this.#simulation.session(key, { person: whose });
  }

  #makeRoom(person: string | undefined): void {
    const { key: keyOfService, sandboxes: most } = this.#simulation.settings;
    if (keyOfService === undefined) return;
    if (person !== undefined) {
      const theirs = [...this.#people].filter(([, whose]) => whose === person).map(([key]) => key);
      for (const key of theirs.slice(0, Math.max(0, theirs.length - MOST_OF_A_PERSON + 1))) {
        this.#people.delete(key);
        this.#forget(key);
      }
    }
    if (this.#people.size >= most) throw serviceUnavailable();
  }
}
