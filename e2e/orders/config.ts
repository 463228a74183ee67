/** What may be asked of the order scripts from outside, to run more of them or one of them again. */

/** Fits a pull request; a thousand take a few minutes. */
const SCRIPTS = 200;
const MOST_SEEDS = 2 ** 31;

export interface ScriptSettings {
  /** Of the first script; the next has the next. */
  seed: number;
  count: number;
}

/** `ORDER_SEED` alone runs the script of that seed, `ORDER_SCRIPTS` says how many are run from there on. */
export function scriptSettings(): ScriptSettings {
  const { ORDER_SEED: seed, ORDER_SCRIPTS: count } = process.env;
  return {
    seed: seed === undefined ? Math.floor(Math.random() * MOST_SEEDS) : Number(seed),
    count: count === undefined ? (seed === undefined ? SCRIPTS : 1) : Number(count),
  };
}
