/**
 * Plays order scripts on instances of another program, and prints what came of it: a process of its own, which
 * `npm run mutants` starts for each mutant. Scripts that go on after the first complaint end with it.
 */

import { TradingFloor } from './floor/trading-floor.ts';
import { playScripts } from './scripts/play-scripts.ts';

const INSTANCES = 1;
const AT_A_TIME = 80;

/** What is to be played. */
export interface Playable {
  /** What the instances run. */
  program: string;
  compileCache: string;
  /** Of the scripts, in their order. */
  seeds: readonly number[];
}

/** What came of it. */
export interface MutantResult {
  /** How many scripts were over at the end. */
  scripts: number;
  complaints: string[];
}

// Whoever started it may be killed.
process.once('disconnect', () => process.exit());

process.once('message', async ({ seeds, ...options }: Playable) => {
  const floor = await TradingFloor.open(INSTANCES, options);
  const playing = { atATime: AT_A_TIME, killSeed: null, stopsEarly: true };
  const { runs, complaints } = await playScripts(floor, seeds, playing);
  await floor.instances.stop();
  const result: MutantResult = { scripts: runs.length, complaints };
  process.send?.(result, () => process.exit());
});
