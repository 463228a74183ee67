/**
 * The collection `sessions` in memory, as far as keep-alive asks for it, with a clock of its own: what is asked takes as
 * long as Firestore does, and is counted as Firestore bills it.
 */
import { type Firestore, Timestamp } from 'firebase-admin/firestore';

/** Of one request, within a region. A batch of writes takes longer than a read. */
const READ_TAKES_MS = 60;
const WRITES_TAKE_MS = 150;

type Fields = Record<string, unknown>;

/** A session that may be due; what is no longer its time is passed over. */
interface Entry {
  at: number;
  id: string;
}

export class VirtualSessions {
  /** Milliseconds since 1970. */
  now: number;
  reads = 0;
  writes = 0;
  readonly #sessions = new Map<string, Fields>();
  /** A heap: each before the two at twice its place. */
  readonly #due: Entry[] = [];

  constructor(now: number) {
    this.now = now;
  }

  set(id: string, fields: Fields): void {
    const stored = Object.entries(fields).map(([name, value]) => [name, toStored(value)]);
    const session = { ...this.#sessions.get(id), ...Object.fromEntries(stored) };
    this.#sessions.set(id, session);
    const at = dueAt(session);
    if (at !== null) this.#push({ at, id });
  }

  /** What `store/keep-alives.ts` asks of Firestore, and no more. */
  database(): Firestore {
    const ref = (id: string) => ({
      id,
      update: async (fields: Fields) => {
        this.writes += 1;
        this.set(id, fields);
      },
    });
    const found = (id: string) => ({ id, ref: ref(id), data: () => this.#sessions.get(id), exists: false });
    const database = {
      collection: (name: string) => ({
        doc: (id: string) => (name === 'sessions' ? ref(id) : { id: '' }),
        where: (_field: string, _operator: string, until: Date) => {
          const query = {
            count: () => ({ get: async () => ({ data: () => ({ count: this.#countGiven() }) }) }),
            orderBy: () => query,
            select: () => query,
            limit: (most: number) => ({ select: () => ({ get: () => this.#query(until, most, found) }) }),
          };
          return query;
        },
      }),
      getAll: async (...refs: { id: string }[]) => {
        this.reads += refs.length;
        return refs.map(({ id }) => found(id));
      },
      bulkWriter: () => ({
        update: async ({ id }: { id: string }, fields: Fields) => {
          this.writes += 1;
          this.set(id, fields);
        },
        close: async () => {
          this.now += WRITES_TAKE_MS;
        },
      }),
    };
    return database as unknown as Firestore;
  }

  async #query<Found>(until: Date, most: number, found: (id: string) => Found): Promise<{ docs: Found[] }> {
    const taken: Entry[] = [];
    for (let next = this.#due[0]; next !== undefined && next.at <= until.getTime(); next = this.#due[0]) {
      if (taken.length === most) break;
      this.#pop();
      const isIts = dueAt(this.#sessions.get(next.id)) === next.at;
      if (isIts && !taken.some(({ id }) => id === next.id)) taken.push(next);
    }
    for (const entry of taken) this.#push(entry);
    this.reads += Math.max(1, taken.length);
    this.now += READ_TAKES_MS;
    return { docs: taken.map(({ id }) => found(id)) };
  }

  /** One read of Firestore for a thousand. */
  #countGiven(): number {
    let count = 0;
    for (const { keepAliveQueuedAt = null } of this.#sessions.values())
      if (keepAliveQueuedAt !== null) count += 1;
    this.reads += Math.max(1, Math.ceil(count / 1_000));
    this.now += READ_TAKES_MS;
    return count;
  }

  #push(entry: Entry): void {
    const heap = this.#due;
    let place = heap.push(entry) - 1;
    for (let above = (place - 1) >> 1; place > 0 && isBefore(heap, place, above); above = (place - 1) >> 1) {
      exchange(heap, place, above);
      place = above;
    }
  }

  #pop(): void {
    const heap = this.#due;
    exchange(heap, 0, heap.length - 1);
    heap.pop();
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let first = place;
      if (left < heap.length && isBefore(heap, left, first)) first = left;
      if (right < heap.length && isBefore(heap, right, first)) first = right;
      if (first === place) return;
      exchange(heap, place, first);
      place = first;
    }
  }
}

function isBefore(heap: readonly Entry[], one: number, other: number): boolean {
  return (heap[one]?.at ?? 0) < (heap[other]?.at ?? 0);
}

function exchange(heap: Entry[], one: number, other: number): void {
  const [first, second] = [heap[one], heap[other]];
  if (first === undefined || second === undefined) return;
  heap[one] = second;
  heap[other] = first;
}

function toStored(value: unknown): unknown {
  return value instanceof Date ? Timestamp.fromDate(value) : value;
}

function dueAt(session: Fields | undefined): number | null {
  const at = session?.keepAliveAt;
  return at instanceof Timestamp ? at.toMillis() : null;
}
