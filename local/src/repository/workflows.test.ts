/** What GitHub runs is there: a workflow is not run by any other test. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

const workflows = globSync('.github/workflows/*.yml', { cwd: REPOSITORY }).map((path) => ({
  path,
  text: read(path),
}));
/** What of each workflow a pattern finds. */
const found = (pattern: RegExp) =>
  workflows.flatMap(({ path, text }) => [...text.matchAll(pattern)].map(([, name = '']) => ({ path, name })));

it('finds the workflows', () => {
  expect(workflows.map(({ path }) => path)).toContain('.github/workflows/ci.yml');
});

it('runs scripts that there are', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const matrix = found(/^ +script: \[(.*)\]$/gm).flatMap(({ name }) => name.match(/[\w:]+/g) ?? []);
  const named = [...found(/npm run ([\w:-]+)/g).map(({ name }) => name), ...matrix];
  expect(matrix).toContain('mutants');
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it('runs every project of the tests', () => {
  const [, ...projects] = read('vitest.config.ts').split(/name: '/);
  const names = projects.map((text) => text.split("'")[0]);
  const run = read('.github/workflows/ci.yml');
  const unit = run.includes('npm run test:unit');
  expect(names.filter((name) => !run.includes(`--project ${name}`) && !(name === 'unit' && unit))).toEqual(
    [],
  );
});

it('runs every shard of a project, and every piece of the order scripts', () => {
  const jobs = read('.github/workflows/ci.yml').split(/^ {2}(?=[\w-]+:$)/m);
  const sharded = jobs.filter((job) => job.includes('--shard'));
  expect(sharded.length).toBeGreaterThan(0);
  for (const job of sharded) {
    const shards = /shard: \[(.*)\]/.exec(job)?.[1]?.split(', ').map(Number) ?? [];
    const [, of] = /--shard \$\{\{ matrix\.shard \}\}\/(\d+)$/m.exec(job) ?? [];
    expect(shards).toEqual(Array.from({ length: Number(of) }, (_, index) => index + 1));
  }
  const nightly = read('.github/workflows/nightly.yml');
  const seeds = /seed: \[(.*)\]/.exec(nightly)?.[1]?.split(', ').map(Number) ?? [];
  const scripts = Number(/ORDER_SCRIPTS: (\d+)/.exec(nightly)?.[1]);
  expect(seeds).toEqual(Array.from({ length: 1000 / scripts }, (_, index) => 1 + index * scripts));
});

it('lets no workflow write more than it needs, nor run without an end', () => {
  for (const { path, text } of workflows) {
    expect(text, path).toMatch(/^permissions:\n {2}contents: read$/m);
    const jobs = text.match(/runs-on:/g)?.length;
    expect(text.match(/timeout-minutes:/g)?.length, path).toBe(jobs);
  }
});

it('puts nothing that people type into a shell', () => {
  const lines = found(/^ +(?:- )?run: (.*)$/gm).filter(({ name }) =>
    /\$\{\{ *(inputs|github\.event)/.test(name),
  );
  expect(lines).toEqual([]);
});
