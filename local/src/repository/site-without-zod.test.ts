/** Of the contract, the site takes values only from files without zod, which would be a quarter more for every form to load. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const CONTRACT = join(ROOT, 'functions/src/contract');

/** What a file imports besides types. */
const importedBy = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)';/gms)]
    .filter(([statement]) => !/^import \{(\s*type [^,}]+,?)+\s*\}/.test(statement))
    .map(([, path = '']) => path);

/** The way from a file to zod; undefined where none leads there. */
function wayToZod(file: string): string[] | undefined {
  for (const path of importedBy(file)) {
    if (path === 'zod') return [relative(ROOT, file), path];
    const way = path.startsWith('.') ? wayToZod(join(dirname(file), path)) : undefined;
    if (way !== undefined) return [relative(ROOT, file), ...way];
  }
  return undefined;
}

it('loads no zod', () => {
  const taken = globSync('web/{src,service-worker}/**/*.{ts,tsx}', { cwd: ROOT }).flatMap((file) =>
    importedBy(join(ROOT, file)).flatMap(
      (path) => /^@ibkr-gateway\/functions\/contract\/(.+)$/.exec(path)?.[1] ?? [],
    ),
  );
  expect(taken).toContain('table');
  expect([...new Set(taken)].map((name) => wayToZod(join(CONTRACT, `${name}.ts`))).filter(Boolean)).toEqual(
    [],
  );
});
