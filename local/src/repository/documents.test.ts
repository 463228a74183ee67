/** Every file, folder, command and setting that the documents name is there. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');
const ROOMS = 'bench|docs|e2e|functions|local|simulator|web';

/** Paths below the repository that a document names: in links, and in backquotes where they begin with one of its folders. */
function namedPaths(document: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path = '']) =>
    normalize(join(dirname(document), path)),
  );
  const quoted = [...text.matchAll(new RegExp(`\`((?:${ROOMS})/[\\w./-]*)\``, 'g'))].map(
    ([, path = '']) => path,
  );
  // What a reader puts in is no path.
  return [...links, ...quoted].filter((path) => !path.includes('YOUR_'));
}

/** Scripts that a document says to run. */
function namedScripts(text: string): string[] {
  const named = [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)];
  return named.map(([, script, usual]) => script ?? usual ?? '');
}

/** Settings and values in capitals: `AUDIT_DAYS`, and `ORDER_SEED=7` before a command. */
function namedInCapitals(text: string): string[] {
  return [...text.matchAll(/(?<=[`\s])([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)(?=`|=)/g)].map(([, name = '']) => name);
}

/** What npm and builds make, which is no part of the repository. */
const isMade = (path: string) => /(^|\/)(node_modules|dist)$/.test(path);

const texts = new Map(
  globSync('**/*.md', { cwd: REPOSITORY, exclude: isMade }).map((path) => [path, read(path)]),
);

/** What documents name that is not there. */
function missing(named: (text: string, document: string) => string[], isThere: (name: string) => boolean) {
  return [...texts].flatMap(([document, text]) =>
    named(text, document)
      .filter((name) => !isThere(name))
      .map((name) => `${document} names ${name}`),
  );
}

it('finds the documents', () => {
  expect([...texts.keys()]).toContain('README.md');
  expect(namedScripts(read('CONTRIBUTING.md'))).toContain('test:unit');
  expect(namedInCapitals(read('docs/deploy.md'))).toContain('AUDIT_DAYS');
});

it('names no path that is not there', () => {
  const isThere = (path: string) => isMade(path) || existsSync(join(REPOSITORY, path));
  expect(missing((text, document) => namedPaths(document, text), isThere)).toEqual([]);
});

it('names no command that is not there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  expect(missing(namedScripts, (name) => Object.hasOwn(scripts, name))).toEqual([]);
});

it('names no setting that no source knows', () => {
  const sources = globSync(['**/*.{ts,tsx,json,sh}', '.github/workflows/*.yml'], {
    cwd: REPOSITORY,
    exclude: isMade,
  });
  const words = new Set(sources.flatMap((path) => read(path).match(/\b[A-Z][A-Z\d_]+\b/g) ?? []));
  expect(missing(namedInCapitals, (name) => words.has(name))).toEqual([]);
});
