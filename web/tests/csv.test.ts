/** Tables as spreadsheets open them: no cell is a formula, and none becomes two. */
import { describe, expect, it } from 'vitest';
import { csvHead, csvRows } from '../src/format/csv.ts';

const rowOf = (text: string | number | null) => csvRows(['text', 'next'], [{ text, next: 'n' }]);

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1+1', '＋1', '－1', '＠x'])(
    '%j is no formula',
    (text) => {
      expect(rowOf(text)).toBe(`"'${text}","n"\r\n`);
    },
  );

  it.each([
    ['a, b', '"a, b"'],
    ['say "so"', '"say ""so"""'],
    ['one\r\ntwo', '"one\r\ntwo"'],
    ['株式 🚀', '"株式 🚀"'],
    [null, '""'],
    [-5.5, '-5.5'],
    [1e12, '1000000000000'],
    [0, '0'],
  ] as const)('%j stays as it is', (text, cell) => {
    expect(rowOf(text)).toBe(`${cell},"n"\r\n`);
  });
});

it('begins with the mark of UTF-8, and is its head alone where there are no rows', () => {
  expect(csvHead(['a', 'b']) + csvRows<'a' | 'b'>(['a', 'b'], [])).toBe('\ufeffa,b\r\n');
});
