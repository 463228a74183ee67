/** Names, and the words on pages, are those of the glossary. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const [, section = ''] = read('docs/glossary.md').split('## Words that are not used');
const UNUSED = [...section.matchAll(/^\| ([a-z]+) \|/gm)].map(([, word = '']) => word).slice(1);

/** Of several words, which only texts can hold. */
const UNUSED_PHRASES = [...section.matchAll(/^\| ([a-z]+[ -][a-z]+) \|/gm)].map(([, phrase = '']) => phrase);

const COMMENTS = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const TEXTS = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** The words of which the names in a source are made. */
function wordsOfNames(source: string): Set<string> {
  const names =
    source
      .replace(COMMENTS, '')
      .replace(TEXTS, '')
      .match(/[A-Za-z_]\w*/g) ?? [];
  return new Set(names.flatMap((name) => name.split(/(?=[A-Z])|_/)).map((word) => word.toLowerCase()));
}

const sources = globSync('{functions,web,simulator,local,e2e,bench}/**/*.{ts,tsx}', {
  cwd: ROOT,
  exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
});

it('says what is not used', () => {
  expect(UNUSED).toContain('desk');
  expect(UNUSED_PHRASES).toContain('log in');
  expect(sources.length).toBeGreaterThan(500);
});

it('is kept to by names', () => {
  const wrong = sources.flatMap((path) => {
    const words = wordsOfNames(read(path));
    return UNUSED.filter((word) => words.has(word)).map((word) => `${path}: ${word}`);
  });
  expect(wrong).toEqual([]);
});

it('is kept to by pages', () => {
  const wrong = sources
    .filter((path) => path.startsWith('web/src/'))
    .flatMap((path) => {
      const words = new Set(
        read(path)
          .replace(COMMENTS, '')
          .toLowerCase()
          .match(/[a-z]+/g),
      );
      return UNUSED.filter((word) => words.has(word)).map((word) => `${path}: ${word}`);
    });
  expect(wrong).toEqual([]);
});

it('is kept to by what pages and messages say', () => {
  const wrong = sources
    .filter((path) =>
      /^(web\/src|functions\/src\/(connections|contract|console|http))\/|^functions\/src\/errors/.test(path),
    )
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const text = read(path).replace(COMMENTS, '').toLowerCase().replaceAll(/\s+/g, ' ');
      return UNUSED_PHRASES.filter((phrase) => new RegExp(`\\b${phrase}\\b`).test(text)).map(
        (phrase) => `${path}: ${phrase}`,
      );
    });
  expect(wrong).toEqual([]);
});
