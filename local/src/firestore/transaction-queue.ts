/**
 * Lets read-write transactions run one after the other instead of aborting each other.
 *
 * Firestore's servers lock what a transaction reads, so contenders wait. The in-memory database only
 * notices conflicts at commit, and the Admin SDK gives up after five of those. The queue keeps order,
 * not correctness: a transaction that holds its turn longer than `turnMs` (its client is gone, or it
 * waits for another transaction) is overtaken and takes its chance at commit.
 */
export class TransactionQueue {
  readonly #turnMs: number;
  readonly #leave = new Map<string, () => void>();
  #last: Promise<void> = Promise.resolve();

  constructor(turnMs = 1000) {
    this.#turnMs = turnMs;
  }

  /** Resolves when it is the caller's turn, with the function that ends it. */
  async enter(): Promise<() => void> {
    const previous = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    await previous;
    const timer = setTimeout(turn.resolve, this.#turnMs);
    return () => {
      clearTimeout(timer);
      turn.resolve();
    };
  }

  /** Keeps the turn for a transaction until {@link end} is called with its id. */
  begin(transaction: Uint8Array, leave: () => void): void {
    this.#leave.set(key(transaction), leave);
  }

  /** Ends the turn of a transaction that was committed or rolled back. */
  end(transaction: Uint8Array): void {
    this.#leave.get(key(transaction))?.();
    this.#leave.delete(key(transaction));
  }
}

function key(transaction: Uint8Array): string {
  return Buffer.from(transaction).toString('base64');
}
