/**
 * `npm run mutants`: breaks the order engine in one place after the other, in a copy, and runs the order scripts on each
 * until one complains. A mutant that survives is something that the scripts cannot see.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { childEnvironment } from '../../local/src/config.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const HELP = `npm run mutants -- [options]

  --only TEXT      mutants whose name holds the text
  --scripts N      run at most so many scripts on each (200)
  --seed N         the seed of the first script (1)
  --parallel N     so many mutants at a time (2)
  --json FILE      write what came of each there, too
  --help           this text`;

interface Outcome {
  mutant: string;
  file: string;
  /** After how many scripts a complaint came; null if none came. */
  scripts: number | null;
  seconds: number;
  complaint: string;
}

/** A copy of the repository, which shares its packages. */
async function copyRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'mutants-'));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY }).toString().split('\0');
  for (const file of files) {
    if (/^(functions|simulator|local|e2e)\/|^[^/]+\.(json|ts)$/.test(file))
      await cp(join(REPOSITORY, file), join(copy, file));
  }
  for (const modules of ['node_modules', 'functions/node_modules'])
    await symlink(join(REPOSITORY, modules), join(copy, modules));
  return copy;
}

/** @throws {Error} when the text to be changed is not there exactly once. */
async function mutatedText(directory: string, { file, from, to }: Mutation): Promise<string> {
  const parts = (await readFile(join(directory, file), 'utf8')).split(from);
  if (parts.length !== 2) throw new Error(`${file} holds this ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}

function runScripts(copy: string, scripts: string, seed: string): Promise<string> {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--project', 'orders', 'e2e/orders/order-scripts.test.ts'],
    {
      cwd: copy,
      env: childEnvironment({
        ORDER_SCRIPTS: scripts,
        ORDER_SEED: seed,
        ORDER_STOP_EARLY: '1',
        NO_COLOR: '1',
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on('close', () => resolve(printed)));
}

async function outcomeOf(copy: string, mutation: Mutation, scripts: string, seed: string): Promise<Outcome> {
  const file = join(copy, mutation.file);
  const original = await readFile(file, 'utf8');
  await writeFile(file, await mutatedText(copy, mutation));
  const begun = Date.now();
  const printed = await runScripts(copy, scripts, seed);
  await writeFile(file, original);
  const [, count, complaint = ''] = /First complaint after (\d+) scripts\. (.*)/.exec(printed) ?? [];
  // Anything else that went wrong says nothing about the mutant.
  const hasPassed = /Tests +1 passed/.test(printed);
  if (count === undefined && !hasPassed)
    throw new Error(`The scripts did not run on ${mutation.name}:\n${printed.slice(-2_000)}`);
  return {
    mutant: mutation.name,
    file: mutation.file.replace('functions/src/', ''),
    scripts: count === undefined ? null : Number(count),
    seconds: Math.round((Date.now() - begun) / 1000),
    complaint: complaint.slice(0, 160),
  };
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    scripts: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '2' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
// Before the first one runs: a text may have changed since.
for (const mutation of MUTATIONS) await mutatedText(REPOSITORY, mutation);
const queue = MUTATIONS.filter(({ name }) => name.includes(values.only)).values();
const outcomes: Outcome[] = [];
await Promise.all(
  Array.from({ length: Number(values.parallel) }, async () => {
    const copy = await copyRepository();
    try {
      for (const mutation of queue) {
        const outcome = await outcomeOf(copy, mutation, values.scripts, values.seed);
        const caught = outcome.scripts === null ? 'SURVIVED' : `caught after ${outcome.scripts}`;
        console.log(`${mutation.name}: ${caught}, ${outcome.seconds} s. ${outcome.complaint}`);
        outcomes.push(outcome);
      }
    } finally {
      await rm(copy, { recursive: true });
    }
  }),
);
console.table(outcomes.map(({ complaint: _, ...row }) => row));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(outcomes, null, 2)}\n`);
const survivors = outcomes.filter(({ scripts }) => scripts === null);
console.log(`${outcomes.length - survivors.length} of ${outcomes.length} mutants were caught.`);
process.exit(survivors.length === 0 && outcomes.length > 0 ? 0 : 1);
