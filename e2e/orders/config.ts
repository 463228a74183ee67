/** What may be asked of the order scripts from outside, to run more of them or one of them again. */

/** As many as it takes to meet most of what can go wrong together; they take some minutes. */
const SCRIPTS = 1_000;
/** The same scripts every time, so that a failure has to do with the change at hand. */
const FIRST_SEED = 1;

export interface ScriptSettings {
  /** Of the first script; the next has the next. */
  seed: number;
  count: number;
}

/** `ORDER_SEED` alone runs the script of that seed, `ORDER_SCRIPTS` says how many are run from there on. */
export function scriptSettings(): ScriptSettings {
  const { ORDER_SEED: seed, ORDER_SCRIPTS: count } = process.env;
  return {
    seed: seed === undefined ? FIRST_SEED : Number(seed),
    count: count === undefined ? (seed === undefined ? SCRIPTS : 1) : Number(count),
  };
}
