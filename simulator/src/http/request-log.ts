/** Counts requests by method and path below the prefix. */
export class RequestLog {
  readonly #bySession = new Map<string, Map<string, number>>();

  add(sessionKey: string, method: string, path: string): void {
    let counts = this.#bySession.get(sessionKey);
    if (!counts) {
      counts = new Map();
      this.#bySession.set(sessionKey, counts);
    }
    const key = `${method} ${path}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  /** Of all sessions, or of the one of a key. */
  counts(key?: string): Record<string, number> {
    const total: Record<string, number> = {};
    for (const [session, counts] of this.#bySession) {
      if (key !== undefined && session !== key) continue;
      for (const [name, count] of counts) total[name] = (total[name] ?? 0) + count;
    }
    return total;
  }

  forget(sessionKey: string): void {
    this.#bySession.delete(sessionKey);
  }

  clear(): void {
    this.#bySession.clear();
  }
}
