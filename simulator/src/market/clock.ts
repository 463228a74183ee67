/** The simulator's time: real time plus an offset that `POST /sim/clock` moves. All times are epoch milliseconds. */
export class Clock {
  readonly #source: () => number;
  #offset = 0;

  /** @param source Real time; a test may pass a constant to make time stand still. */
  constructor(source: () => number = Date.now) {
    this.#source = source;
  }

  now(): number {
    return this.#source() + this.#offset;
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  setTo(time: number): void {
    this.#offset = time - this.#source();
  }
}
