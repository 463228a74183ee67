/**
 * Simulated prices: a pure function of seed, process and time, so that a snapshot, a history bar and a fill
 * that speak of the same moment agree, in any order and across restarts.
 *
 * The logarithm of the price is fractal value noise: octaves of doubling period whose amplitudes follow the
 * square root of the period, which makes returns over a time t have a standard deviation near volatility × √t,
 * as a random walk has, while any moment can be computed without walking there.
 */

/** Between two multiples of this the price moves in a straight line, so extremes lie on the grid. */
export const GRID_MS = 30_000;

/** The slowest octave has a period of about three months: prices stay near their level. */
const OCTAVES = 19;
const YEAR_MS = 365.25 * 86_400_000;
/** Chosen so that the octaves together give the stated yearly volatility. */
const AMPLITUDE = 0.866;

function hash32(seed: number, octave: number, cell: number): number {
  let h = Math.imul(seed ^ (octave * 0x9e3779b1), 0x85ebca6b) ^ Math.imul(cell + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a: a stable number for a name. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The same seed and integers always give the same number in [0, 1). */
export function uniform(seed: number, stream: number, index: number): number {
  return hash32(seed, stream, index) / 0x1_0000_0000;
}

/** One random-looking path. Reading it forward is cheap because each octave keeps the cell it is in. */
export class PriceProcess {
  readonly #seed: number;
  readonly #amplitudes = new Float64Array(OCTAVES);
  readonly #cells = new Float64Array(OCTAVES).fill(Number.NaN);
  readonly #left = new Float64Array(OCTAVES);
  readonly #slope = new Float64Array(OCTAVES);

  constructor(seed: number, name: string, volatility: number) {
    this.#seed = hashText(`${seed}/${name}`);
    for (let octave = 0; octave < OCTAVES; octave++) {
      const period = GRID_MS * 2 ** octave;
      this.#amplitudes[octave] = AMPLITUDE * volatility * Math.sqrt(period / YEAR_MS);
    }
  }

  /** Logarithm of price over level at `time` (epoch ms). */
  logReturn(time: number): number {
    let sum = 0;
    let position = time / GRID_MS;
    for (let octave = 0; octave < OCTAVES; octave++) {
      const cell = Math.floor(position);
      if (cell !== this.#cells[octave]) this.#enter(octave, cell);
      sum += (this.#left[octave] ?? 0) + (this.#slope[octave] ?? 0) * (position - cell);
      position /= 2;
    }
    return sum;
  }

  #enter(octave: number, cell: number): void {
    const amplitude = this.#amplitudes[octave] ?? 0;
    const left = amplitude * (2 * uniform(this.#seed, octave, cell) - 1);
    const right = amplitude * (2 * uniform(this.#seed, octave, cell + 1) - 1);
    this.#cells[octave] = cell;
    this.#left[octave] = left;
    this.#slope[octave] = right - left;
  }
}
