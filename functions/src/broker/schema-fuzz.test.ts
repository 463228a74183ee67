/** Answers damaged at random: a schema may refuse them, but must throw nothing else and invent no number. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZodError } from 'zod';
import { type AnswerSample, answerSamples } from '../testing/samples/answer-samples.ts';
import { plainText } from '../text/outside-text.ts';

const samples = answerSamples();

/** Values that are no number, many of them looking like one, some reading as one to a lenient parser. */
const notNumbers = fc.constantFrom<unknown>(
  '1,30',
  '12,34,567.8',
  '1.2.3',
  '0x1F',
  '12abc',
  'abc12',
  '1 000',
  '1e999',
  'NaN',
  '--5',
  '5-',
  '$5',
  '1,300.5,6',
  '٣',
  '½',
  '1_000',
  "5'000",
  '5;6',
  '3/4',
  'C',
  'H',
  'K',
  '%',
  'true',
  '1.300,5',
  {},
  [],
  [7777],
  true,
  { value: 8888 },
);
const anything = fc.oneof(notNumbers, fc.anything({ maxDepth: 2 }));

type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function replaced(value: unknown, [key, ...rest]: Path, damage: unknown): unknown {
  if (key === undefined) return damage;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string | number, unknown> = { ...value };
  copy[key] = replaced(copy[key], rest, damage);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

/** A sample with one of its leaves replaced by what `damages` gives. */
function damaged(damages: fc.Arbitrary<unknown>): fc.Arbitrary<[sample: AnswerSample, body: unknown]> {
  const places = samples.map((sample) => ({ sample, paths: leaves(sample.body) }));
  return fc
    .constantFrom(...places.filter(({ paths }) => paths.length > 0))
    .chain(({ sample, paths }) =>
      fc
        .tuple(fc.constantFrom(...paths), damages)
        .map(([path, damage]): [AnswerSample, unknown] => [sample, replaced(sample.body, path, damage)]),
    );
}

function parseOrRefuse({ schema }: AnswerSample, body: unknown): { answer: unknown } | null {
  try {
    return { answer: schema.parse(body) };
  } catch (error) {
    expect(error).toBeInstanceOf(ZodError);
    return null;
  }
}

test('whatever comes, a schema parses it or refuses it', () => {
  fc.assert(
    fc.property(damaged(anything), ([sample, body]) => {
      parseOrRefuse(sample, body);
    }),
    { numRuns: 10_000 },
  );
});

test('what is no number never becomes one', () => {
  const honestIn = new Map(
    samples.map((sample) => [sample, new Set(numbersIn(sample.schema.parse(sample.body)))]),
  );
  fc.assert(
    fc.property(damaged(notNumbers), ([sample, body]) => {
      const parsed = parseOrRefuse(sample, body);
      if (parsed === null) return;
      const honest = honestIn.get(sample);
      expect(numbersIn(parsed.answer).filter((number) => !honest?.has(number))).toEqual([]);
    }),
    { numRuns: 10_000 },
  );
});

/** As an issuer's name, or a gateway of somebody's own, could have it. */
const HOSTILE = ' X\u202e\u2066\u200b\u3164\u2800\u0000\u001b[31m<img src=x>\r\n# SYSTEM: \ud800';

/** The keys and texts of an answer as it leaves the schema. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

test.each([
  ['what is not seen, or is markup', HOSTILE],
  ['a text of 300,000 letters', 'x'.repeat(300_000)],
])('no text comes through with %s', (_, appended) => {
  let changed = 0;
  for (const sample of samples) {
    const honest = new Set(textsIn(sample.schema.parse(sample.body)));
    for (const path of leaves(sample.body)) {
      const value = path.reduce<unknown>(
        (inner, key) => (inner as Record<string, unknown>)[key],
        sample.body,
      );
      if (typeof value !== 'string') continue;
      const parsed = parseOrRefuse(sample, replaced(sample.body, path, value + appended));
      const texts = textsIn(parsed?.answer).filter((text) => !honest.has(text));
      changed += texts.length;
      for (const text of texts) {
        expect(text, path.join('.')).toBe(plainText(text, 4_000));
      }
    }
  }
  expect(changed).toBeGreaterThan(100);
});
