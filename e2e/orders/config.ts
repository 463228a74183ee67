/** What may be asked of the order scripts from outside, to run more of them or one of them again. */

/** Those that `npm test` runs; `npm run test:long` runs more. */
const SCRIPTS = 200;
/** The same scripts every time, so that a failure has to do with the change at hand. */
const FIRST_SEED = 1;

export interface ScriptSettings {
  /** Of the first script; the next has the next. */
  seed: number;
  count: number;
  /** Prints what the scripts met. */
  showsCoverage: boolean;
}

/** `ORDER_SEED` alone runs the script of that seed, `ORDER_SCRIPTS` says how many are run from there on. */
export function scriptSettings(): ScriptSettings {
  const { ORDER_SEED: seed, ORDER_SCRIPTS: count, ORDER_COVERAGE } = process.env;
  return {
    seed: seed === undefined ? FIRST_SEED : Number(seed),
    count: count === undefined ? (seed === undefined ? SCRIPTS : 1) : Number(count),
    showsCoverage: ORDER_COVERAGE === '1',
  };
}
