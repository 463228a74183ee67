/** The site takes Mantine's styles part by part: one that is left out would be drawn without any. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const WEB = join(ROOT, 'web');
const MANTINE = join(ROOT, 'node_modules/@mantine/core');

const listed = [
  ...readFileSync(join(WEB, 'src/app/mantine.css'), 'utf8').matchAll(/core\/styles\/([\w-]+)\.layer\.css/g),
].map(([, name = '']) => name);

const imports = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/from "(\.[^"]+)"/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );

/** The files of Mantine that what the pages import is made of. */
function usedFiles(): Set<string> {
  const index = join(MANTINE, 'esm/index.mjs');
  const files = new Map(
    [...readFileSync(index, 'utf8').matchAll(/import \{ ([^}]+) \} from "([^"]+)"/g)].flatMap(
      ([, names = '', path = '']) =>
        names.split(', ').map((name) => [name, join(dirname(index), path)] as const),
    ),
  );
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: WEB }).map((file) =>
    readFileSync(join(WEB, file), 'utf8'),
  );
  const names = sources
    .flatMap((source) => [...source.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()));
  const used = new Set<string>();
  const add = (file: string) => {
    if (used.has(file)) return;
    used.add(file);
    for (const imported of imports(file)) add(imported);
  };
  for (const name of names) {
    const file = files.get(name);
    if (file !== undefined) add(file);
  }
  return used;
}

const usedParts = () =>
  [...usedFiles()]
    .filter((file) => file.endsWith('.module.mjs'))
    .map((file) => basename(file, '.module.mjs'));

it('takes the styles of all parts that are used, and of no others', () => {
  const parts = usedParts();
  expect(parts).toContain('Button');
  expect(listed.toSorted()).toEqual(['baseline', 'default-css-variables', 'global', ...parts].toSorted());
});

it('takes them in the order in which Mantine has them', () => {
  const all = readFileSync(join(MANTINE, 'styles.css'), 'utf8');
  const at = (name: string) => {
    const first = /^\.m_.*$/m.exec(readFileSync(join(MANTINE, `styles/${name}.css`), 'utf8'))?.[0];
    return first === undefined ? -1 : all.indexOf(first);
  };
  expect(listed).toEqual(listed.toSorted((a, b) => at(a) - at(b)));
});
