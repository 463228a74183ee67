/**
 * The databases' clock. It follows the machine's, never runs backwards, and gives every commit a
 * millisecond later than anything handed out before.
 *
 * The in-memory database compares whole milliseconds to find out whether a document changed after a
 * transaction read it. Were a commit to share a millisecond with an earlier read, the change would
 * go unseen and an update be lost.
 */
export class CommitClock {
  #latest = 0;

  now(): Date {
    this.#latest = Math.max(this.#latest, Date.now());
    return new Date(this.#latest);
  }

  /** To be called right before each commit, in the same turn of the event loop. */
  tick(): void {
    this.#latest = Math.max(this.#latest + 1, Date.now());
  }
}
