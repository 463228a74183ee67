import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EVENTS } from './events.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

const sources = globSync('functions/src/**/*.ts', { cwd: REPOSITORY })
  .filter((path) => !/\.test\.ts$|\/testing\/|\/http\/logging\/events\.ts$/.test(path))
  .map((path) => ({ path, text: read(path) }));

it('holds no event that nothing logs', () => {
  const unused = Object.keys(EVENTS).filter(
    (name) => !sources.some(({ text }) => text.includes(`'${name}'`)),
  );
  expect(unused).toEqual([]);
});

it('is the only way into the log, but for settings that keep a function from starting', () => {
  const others = sources.filter(({ text }) =>
    /functions\/logger'|\bconsole\.(log|info|warn|error)/.test(text),
  );
  expect(others.map(({ path }) => path).toSorted()).toEqual([
    'functions/src/config.ts',
    'functions/src/http/logging/logger.ts',
  ]);
});
