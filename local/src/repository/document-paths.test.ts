/** Every file and folder that the documents name is there. */
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '../../..');
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

it('exists', async () => {
  const exclude = (path: string) => /(^|\/)(node_modules|dist)$/.test(path);
  const documents: string[] = [];
  for await (const document of glob('**/*.md', { cwd: REPOSITORY, exclude })) documents.push(document);
  expect(documents).toContain('README.md');
  const missing: string[] = [];
  for (const document of documents) {
    const paths = namedPaths(document, await readFile(join(REPOSITORY, document), 'utf8'));
    for (const path of paths) {
      if (!existsSync(join(REPOSITORY, path))) missing.push(`${document} names ${path}`);
    }
  }
  expect(missing).toEqual([]);
});
