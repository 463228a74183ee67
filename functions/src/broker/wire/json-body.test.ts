import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './json-body.ts';

const MOST_VALUES = 60_000;

/** Makes a text of its own so long that its values are counted, without adding one. */
const padded = (json: string) => json + ' '.repeat(65_536);

test('what IBKR answers is read as it is', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(parseJsonBody(padded(json))).toEqual(JSON.parse(json));
    }),
  );
  expect(() => parseJsonBody(padded('{"x":'))).toThrow(SyntaxError);
});

test('an answer of more values than any has is not read', () => {
  const list = (values: number) => `[${'1,'.repeat(values - 2)}1]`;
  expect(parseJsonBody(list(MOST_VALUES))).toHaveLength(MOST_VALUES - 1);
  for (const json of [
    list(MOST_VALUES + 1),
    `[${'{},'.repeat(MOST_VALUES)}0]`,
    `{"x":${'['.repeat(MOST_VALUES)}${']'.repeat(MOST_VALUES)}}`,
    `{"\\"":"\\\\",${Array.from({ length: MOST_VALUES }, (_, name) => `"${name}":0`).join()}}`,
  ]) {
    expect(() => parseJsonBody(json)).toThrow(RangeError);
  }
});

test('what stands in texts does not count, however it is escaped', () => {
  const texts = [
    ',[{'.repeat(MOST_VALUES),
    '\\",'.repeat(MOST_VALUES),
    '\\'.repeat(MOST_VALUES),
    '",'.repeat(9),
  ];
  expect(parseJsonBody(JSON.stringify(texts))).toEqual(texts);
});
