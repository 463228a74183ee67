/** What `docs/threats.md` and `SECURITY.md` say, against what is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The tests that a page names: `file`: _title_; _title_. */
function namedTests(page: string): { file: string; title: string }[] {
  return [...page.matchAll(/`([\w./-]+\.test\.ts)`: ((?:_[^_]+_(?:; )?)+)/g)].flatMap(
    ([, file = '', titles = '']) =>
      [...titles.matchAll(/_([^_]+)_/g)].map(([, title = '']) => ({ file, title })),
  );
}

const threats = read('docs/threats.md');

it('names a test for every threat', () => {
  const rows = threats.split('\n').filter((line) => /^\| (?!threat |---)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(namedTests(row), row).not.toEqual([]);
});

it('names tests that exist', () => {
  const named = namedTests(threats);
  expect(named.length).toBe([...threats.matchAll(/_[^_|]+_(?=[;| ])/g)].length);
  for (const { file, title } of named) {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const test = new RegExp(`\\b(?:it|test)(?:\\.each\\([\\s\\S]*?\\))?\\(\\s*['"\`]${escaped}['"\`]`);
    expect(test.test(read(file)), `${file}: ${title}`).toBe(true);
  }
});

it('lets the install scripts of reviewed packages run, and of no others', () => {
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: boolean; integrity?: string; link?: boolean }>;
  };
  const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
  const withScript = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = withScript.map(([path]) => path.split('node_modules/').at(-1));
  // What is not listed npm warns of; what is listed as false does without its script.
  expect(new Set(names)).toEqual(new Set(Object.keys(allowScripts)));
  const unchecked = installed.filter(([, { integrity, link }]) => integrity === undefined && link !== true);
  expect(unchecked.map(([path]) => path)).toEqual([]);
});
