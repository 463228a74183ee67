/** One rule says when a call is made again: unchanged only where `retryable` is true, corrected after `invalid_arguments`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from './errors.ts';

/** Asks for the same call once more, whatever else has changed. */
const UNCHANGED =
  /(^|[.:;] )(then )?(try again|try once more|make the call again|call again in|place it again in)/i;

const FILES = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'),
);

/** The codes and all texts of each error that the source makes. */
const MADE = FILES.flatMap((file) => {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8');
  return [...source.matchAll(/new GatewayError\(\s*'(\w+)',([\s\S]*?)\n? *\);/g)].map(([, code, rest]) => ({
    file,
    code: code as ErrorCode,
    texts: [...(rest ?? '').matchAll(/'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/g)].map(
      ([, plain, filled]) => plain ?? filled ?? '',
    ),
  }));
});

it('is kept by what is said of every code', () => {
  for (const [code, { retryable, remedy }] of Object.entries(ERRORS))
    if (!retryable) expect(remedy, code).not.toMatch(UNCHANGED);
});

it('is kept by every hint', () => {
  expect(MADE.length).toBeGreaterThan(60);
  for (const { file, code, texts } of MADE) {
    if (ERRORS[code].retryable) continue;
    for (const text of texts) expect(text, `${code} in ${file}`).not.toMatch(UNCHANGED);
  }
});

it('is kept by what is said of IBKR’s errors', () => {
  const [, source = ''] = readFileSync(
    join(import.meta.dirname, 'connections/broker-words.ts'),
    'utf8',
  ).split('const WORDS');
  const notAgain = ['unexpected_answer', 'unreadable_pair', 'signed_out', 'outcome_unknown'];
  for (const name of notAgain) {
    const [, words = ''] = new RegExp(`\\n  ${name}: ([\\s\\S]*?)\\n  \\}\\),`).exec(source) ?? [];
    expect(words, name).not.toBe('');
    expect(words, name).not.toMatch(/try again|call again/i);
  }
});
