/**
 * `npm run mutants`: breaks the order engine in one place after the other, in a copy that the instances run, and plays
 * the order scripts on each until one complains. What the simulator has is held against what was said by the code as it
 * is. A mutant that survives is something that the scripts cannot see; and should they complain of the engine as it is,
 * which is played first, all else would mean nothing.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mutation } from './mutations/mutation.ts';
import { MUTATIONS } from './mutations.ts';
import type { MutantResult, Playable } from './play-mutant.ts';
import type { OrderScript } from './scripts/order-script.ts';
import { scriptOfSeed } from './scripts/script-generator.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
/** All that an instance is made of. */
const SOURCES = ['functions/src', 'functions/package.json', 'package.json', 'e2e/orders', 'e2e/package.json'];
const PROGRAM = 'e2e/orders/floor/gateway-process.ts';
const PLAYER = join(import.meta.dirname, 'play-mutant.ts');
/** The engine as it is. */
const CONTROL = 'nothing is broken';
const STEP_TAKES_MS = 300;
const LOST_ANSWER_TAKES_MS = 5_000;
/** What IBKR calls one request too many is over in a minute. */
const PAUSE_TAKES_MS = 60_000;
const HELP = `npm run mutants -- [options]

  --only TEXT      mutants whose name holds the text; several with |
  --scripts N      play at most so many scripts on each (200)
  --seed N         the seed of the first script (1)
  --parallel N     so many mutants at a time (2)
  --no-control     do not play the engine as it is first
  --json FILE      write what came of each there, too
  --markdown FILE  the same as a table
  --help           this text`;

interface Outcome {
  mutant: string;
  file: string;
  outcome: 'caught' | 'SURVIVED' | 'FAILED';
  /** Of the script that complained first. */
  seed: number | null;
  /** How many were over by then, that one included. */
  scripts: number;
  seconds: number;
  /** What it complained of, or why the scripts could not be played. */
  complaint: string;
}

/** A copy of what the instances run, which shares the packages of the repository. */
async function copySources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  for (const source of SOURCES) {
    await cp(join(REPOSITORY, source), join(copy, source), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    });
  }
  for (const modules of ['node_modules', 'functions/node_modules'])
    await symlink(join(REPOSITORY, modules), join(copy, modules));
  return copy;
}

/** @throws {Error} when the text to be changed is not there exactly once. */
async function mutatedText(directory: string, { file, from, to, imports = '' }: Mutation): Promise<string> {
  const parts = (await readFile(join(directory, file), 'utf8')).split(from);
  if (parts.length !== 2) throw new Error(`${file} holds this ${parts.length - 1} times: ${from}`);
  return imports + parts.join(to);
}

/** Those scripts first that have to do with what is broken, and the shorter ones first: the same ones complain sooner. */
function seedsFor(mutation: Mutation | null, first: number, count: number): number[] {
  const shows = mutation?.shows ?? (() => true);
  const scripts = Array.from({ length: count }, (_, position) => {
    const script = scriptOfSeed(first + position);
    return { seed: first + position, isLikely: shows(script), takes: durationOf(script) };
  });
  const inOrder = scripts.toSorted((a, b) => Number(b.isLikely) - Number(a.isLikely) || a.takes - b.takes);
  return inOrder.map(({ seed }) => seed);
}

/** About, in ms. */
function durationOf({ steps }: OrderScript): number {
  const waits = steps.map(
    ({ pauseMs, faults }) =>
      pauseMs +
      faults.length * LOST_ANSWER_TAKES_MS +
      faults.filter(({ status }) => status === 429).length * PAUSE_TAKES_MS,
  );
  return waits.reduce((sum, wait) => sum + wait, steps.length * STEP_TAKES_MS);
}

/** @throws {Error} when the scripts could not be played. */
async function play(copy: string, seeds: readonly number[]): Promise<MutantResult> {
  const player = fork(PLAYER, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  player.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const playable: Playable = {
    program: join(copy, PROGRAM),
    compileCache: join(copy, 'compiled'),
    seeds,
  };
  player.send(playable);
  const [result] = await Promise.race([
    once(player, 'message'),
    once(player, 'close').then(() => Promise.reject(new Error(said.trim().slice(-1_000)))),
  ]);
  return result as MutantResult;
}

/** Of the engine with this mutation; without one, of the engine as it is. */
async function outcomeOf(
  copy: string,
  seeds: readonly number[],
  mutation: Mutation | null,
): Promise<Outcome> {
  const begun = Date.now();
  const came = (outcome: Outcome['outcome'], scripts: number, complaint = ''): Outcome => ({
    mutant: mutation?.name ?? CONTROL,
    file: mutation?.file.replace('functions/src/', '') ?? '',
    outcome,
    seed: outcome === 'caught' ? Number(/^ORDER_SEED=(\d+)/.exec(complaint)?.[1]) : null,
    scripts,
    seconds: Math.round((Date.now() - begun) / 1000),
    complaint,
  });
  const restore = mutation === null ? async () => {} : await breakIt(copy, mutation);
  try {
    const { scripts, complaints } = await play(copy, seeds);
    return came(complaints.length === 0 ? 'SURVIVED' : 'caught', scripts, complaints[0]);
  } catch (error) {
    // Says nothing about the mutant.
    return came('FAILED', 0, String(error));
  } finally {
    await restore();
  }
}

/** @returns what mends it again. */
async function breakIt(copy: string, mutation: Mutation): Promise<() => Promise<void>> {
  const file = join(copy, mutation.file);
  const original = await readFile(file, 'utf8');
  await writeFile(file, await mutatedText(copy, mutation));
  return () => writeFile(file, original);
}

function markdown(outcomes: readonly Outcome[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160);
  const rows = outcomes.map(({ mutant, file, outcome, seed, scripts, seconds, complaint }) =>
    [mutant, `\`${file}\``, outcome, seed ?? '–', scripts, seconds, cell(complaint)].join(' | '),
  );
  const head = ['Mutant', 'File', 'Outcome', 'Seed', 'Scripts', 'Seconds', 'First complaint'];
  return ['', ...[head.join(' | '), head.map(() => '---').join(' | '), ...rows]]
    .join('\n')
    .trim()
    .concat('\n');
}

const { values } = parseArgs({
  allowNegative: true,
  options: {
    only: { type: 'string', default: '' },
    scripts: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    control: { type: 'boolean', default: true },
    json: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
// Before the first one runs: a text may have changed since.
for (const mutation of MUTATIONS) await mutatedText(REPOSITORY, mutation);
const wanted = values.only.split('|');
const queue = MUTATIONS.filter(({ name }) => wanted.some((text) => name.includes(text))).values();
const outcomes: Outcome[] = [];
const playNext = async (copy: string, mutation: Mutation | null) => {
  const seeds = seedsFor(mutation, Number(values.seed), Number(values.scripts));
  const outcome = await outcomeOf(copy, seeds, mutation);
  const { mutant, seed, scripts, seconds, complaint } = outcome;
  const by = seed === null ? '' : ` by ${seed}`;
  console.log(`${mutant}: ${outcome.outcome}${by} after ${scripts}, ${seconds} s. ${complaint}`);
  outcomes.push(outcome);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(outcomes, null, 2)}\n`);
  if (values.markdown !== undefined) await writeFile(values.markdown, markdown(outcomes));
  return outcome;
};
const copies = await Promise.all(Array.from({ length: Number(values.parallel) }, copySources));
try {
  const [first] = copies;
  if (values.control && first !== undefined && (await playNext(first, null)).outcome !== 'SURVIVED') {
    console.log('The scripts complain of the engine as it is, or could not be played.');
    process.exitCode = 1;
  } else {
    await Promise.all(
      copies.map(async (copy) => {
        for (const mutation of queue) await playNext(copy, mutation);
      }),
    );
    const mutants = outcomes.filter(({ mutant }) => mutant !== CONTROL);
    const caught = mutants.filter(({ outcome }) => outcome === 'caught');
    console.log(`${caught.length} of ${mutants.length} mutants were caught.`);
    process.exitCode = caught.length === mutants.length && mutants.length > 0 ? 0 : 1;
  }
} finally {
  await Promise.all(copies.map((copy) => rm(copy, { recursive: true })));
}
