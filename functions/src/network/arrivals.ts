/** What may take memory of this process while it arrives from outside, to many calls at once. */

/** One body while it arrives. */
export interface Arrival {
  /** Counts bytes that came. Where all have too many, whoever sends most loses its longest body. */
  add(bytes: number): void;
  /** It is whole, or will not be. */
  end(): void;
}

interface Arriving {
  source: unknown;
  bytes: number;
  giveUp: () => void;
}

/** Bodies of one kind that arrive, bounded together: what somebody sends at length must not cost the calls of others. */
export class Arrivals {
  readonly #mostBytes: number;
  readonly #arriving = new Set<Arriving>();

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * A body that begins to arrive.
   * @param source Whoever sends it, the same for all that they send.
   * @param giveUp Ends it, because there is no room for it.
   */
  begin(source: unknown, giveUp: () => void): Arrival {
    const body: Arriving = { source, bytes: 0, giveUp };
    this.#arriving.add(body);
    return {
      add: (bytes) => {
        body.bytes += bytes;
        while (bytesOf(this.#arriving) > this.#mostBytes) this.#giveUpOne();
      },
      end: () => this.#arriving.delete(body),
    };
  }

  #giveUpOne(): void {
    const bySource = Map.groupBy(this.#arriving, ({ source }) => source);
    const heaviest = [...bySource.values()].reduce((most, bodies) =>
      bytesOf(bodies) > bytesOf(most) ? bodies : most,
    );
    const longest = heaviest.reduce((most, body) => (body.bytes > most.bytes ? body : most));
    this.#arriving.delete(longest);
    longest.giveUp();
  }
}

function bytesOf(bodies: Iterable<Arriving>): number {
  let sum = 0;
  for (const { bytes } of bodies) sum += bytes;
  return sum;
}
