/** Hosting's rules name the pages one by one: a page that they leave out would be cached wrongly, or not be there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** First segments of the addresses of pages, from the routes of the console. */
function pages(): string[] {
  const routes = readFileSync(join(ROOT, 'web/src/app/app.tsx'), 'utf8')
    // The tabs of a connection lie below its address.
    .replace(/<Route path="connections\/:connectionId".*?<\/Route>/s, '<Route path="connections" />');
  const paths = [...routes.matchAll(/<Route\s+path="([^"]+)"/g)].map(([, path = '']) => path);
  return [...new Set(paths.map((path) => path.split('/')[0] ?? ''))]
    .filter((page) => page !== '*')
    .toSorted();
}

/** The names in rules such as `/@(approve|connect)/**` and `/connect`. */
function named(sources: readonly string[]): string[] {
  const groups = sources.flatMap((source) => /^\/(?:@\()?([a-z|]+)\)?/.exec(source)?.[1]?.split('|') ?? []);
  return [...new Set(groups)].toSorted();
}

interface Hosting {
  headers: { source: string; headers: { key: string; value: string }[] }[];
  rewrites: { source: string; destination?: string }[];
}

const { hosting }: { hosting: Hosting } = JSON.parse(readFileSync(join(ROOT, 'firebase.json'), 'utf8'));

it('knows the pages', () => {
  expect(pages()).toContain('connections');
});

it('has every page asked for anew', () => {
  const uncached = hosting.headers.filter(
    ({ source, headers }) =>
      source.startsWith('/@(') &&
      headers.some(({ key, value }) => key === 'Cache-Control' && value === 'no-cache'),
  );
  expect(named(uncached.map(({ source }) => source))).toEqual(pages());
});

it('serves every page', () => {
  const served = hosting.rewrites.filter(({ destination }) => destination?.endsWith('.html'));
  expect(named(served.map(({ source }) => source))).toEqual(pages());
});
