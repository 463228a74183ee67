/** The examples of property tests: the same every time, so that a failure has to do with the change at hand. */
import fc from 'fast-check';

const FIRST_SEED = 1;

const { PROPERTY_SEED: seed, PROPERTY_RUNS: runs } = process.env;
fc.configureGlobal({
  seed: seed === undefined ? FIRST_SEED : Number(seed),
  ...(runs !== undefined && { numRuns: Number(runs) }),
});
