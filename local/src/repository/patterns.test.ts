/** Regular expressions of what is deployed, against texts of any length: whoever sends one must not take others' time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, parseSync, Visitor } from 'oxc-parser';
import { analyse } from 'scslre';
import { expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '../../../functions/src');

/** Files whose patterns are given short texts only, as they say themselves. */
const BOUNDED = ['broker/wire/stated-money.ts'];

interface Pattern {
  file: string;
  source: string;
  flags: string;
}

function patternsOf(file: string): Pattern[] {
  const { program } = parseSync(file, readFileSync(join(SOURCES, file), 'utf8'));
  const found: Pattern[] = [];
  new Visitor({
    Literal(literal: Extract<Node, { type: 'Literal' }>) {
      if ('regex' in literal) found.push({ file, source: literal.regex.pattern, flags: literal.regex.flags });
    },
  }).visit(program);
  return found;
}

/** Whether it takes time that grows with a power of the length of what it is given. */
function isSlow({ source, flags }: Pick<Pattern, 'source' | 'flags'>): boolean {
  return analyse({ source, flags }).reports.length > 0;
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
const deployed = files.filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|^testing\//.test(file));
const patterns = deployed.filter((file) => !BOUNDED.includes(file)).flatMap(patternsOf);

it('finds patterns, and tells slow ones from others', () => {
  expect(patterns.length).toBeGreaterThan(150);
  expect(isSlow({ source: String.raw`\s*%$`, flags: '' })).toBe(true);
  expect(isSlow({ source: String.raw`^(\d+\.?\d*|\.\d+)$`, flags: '' })).toBe(true);
  expect(isSlow({ source: '(?<!=)=+$', flags: '' })).toBe(false);
});

it('has none that takes the time of others for a long text', () => {
  expect(patterns.filter(isSlow)).toEqual([]);
});
