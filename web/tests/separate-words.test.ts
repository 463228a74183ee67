import { expect, it } from 'vitest';
import { separateWords } from '../src/format/words/separate-words.ts';

it('takes words apart as they were pasted, or written wide', () => {
  expect(separateWords(['NVDA, BRK.B;ko', 'ＫＯ　ＡＡＰＬ', 'NVDA'])).toEqual([
    'NVDA',
    'BRK.B',
    'ko',
    'KO',
    'AAPL',
  ]);
});
