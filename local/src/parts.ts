import type { Child } from './child-process.ts';

/** A stack gets 10 s to end. */
const GRACE_MS = { writers: 6000, stores: 3000 };

/** The children of one stack, ended together: first those that write, then those that keep what they wrote. */
export class Parts {
  /** Never resolves; rejects with the first death that nobody asked for and the others cannot do without. */
  readonly failed: Promise<never>;
  readonly #failed = Promise.withResolvers<never>();
  readonly #children: Record<keyof typeof GRACE_MS, Child[]> = { writers: [], stores: [] };

  constructor() {
    this.failed = this.#failed.promise;
    this.failed.catch(() => {}); // Whoever does not ask shall not be told.
  }

  /** @param onDeath Called when the child ends unasked, for a child the others can do without. */
  add(role: keyof typeof GRACE_MS, child: Child, onDeath = this.#failed.reject): Child {
    this.#children[role].push(child);
    child.died.catch(onDeath);
    return child;
  }

  /** Ends all, by force where asking does not help. */
  async stop(): Promise<void> {
    for (const role of ['writers', 'stores'] as const) {
      await Promise.all(this.#children[role].map((child) => child.stop(GRACE_MS[role])));
    }
  }
}
