import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TOOLS } from '../tools/registry.ts';

const sources = globSync('**/*.ts', { cwd: import.meta.dirname }).filter(
  (path) => !path.endsWith('.test.ts'),
);

test('no file of the broker names a tool', () => {
  expect(sources.length).toBeGreaterThan(50);
  const tools = new RegExp(`\\b(${TOOLS.map(({ name }) => name).join('|')})\\b`);
  const naming = sources.flatMap((path) => {
    const [tool] = tools.exec(readFileSync(`${import.meta.dirname}/${path}`, 'utf8')) ?? [];
    return tool === undefined ? [] : [`${path} names ${tool}`];
  });
  expect(naming).toEqual([]);
});
