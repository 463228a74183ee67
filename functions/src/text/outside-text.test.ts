import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyCharacter } from '../testing/any-character.ts';
import { cleanText, escapedText, hasUnseen, plainText, seenText } from './outside-text.ts';

/** Of what hides in text: controls, direction, invisible letters and blanks, tags, ends of lines, halves of characters. */
const hiding = fc.constantFrom(
  ...['\u0000', '\u001b[31m', '\u007f', '\r\n', '\t', '\u2028', '\u2029', '\u0085'],
  ...['\u202e', '\u2066', '\u2069', '\u200f', '\u061c', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad'],
  ...[
    '\u3164',
    '\u115f',
    '\u1160',
    '\uffa0',
    '\u2800',
    '\u034f',
    '\u180e',
    '\ufe0f',
    '\u{e0041}',
    '\u{e0100}',
  ],
  ...['\ud800', '\udfff', '\ue000', '\u{f0000}', '\uffff', '\ufff9', '\u17b4', '\u206a'],
);
const markup = fc.constantFrom(
  '<',
  '>',
  '<b>',
  '</a',
  '<img src=x>',
  '<!--',
  '-->',
  '<?x',
  '<a ',
  '<script>',
  '![a](https://x.example)',
  '[a][b]',
  '[a]: https://x.example',
  '](',
);
const word = fc.constantFrom('NVDA', 'a', '5', ' ', '  ', 'é', '€', '\u{1f600}', '株', 'e\u0301', '\u0301');
const outside = fc
  .array(fc.oneof(hiding, markup, word, fc.string({ unit: anyCharacter, maxLength: 5 })), { maxLength: 60 })
  .map((parts) => parts.join(''));

describe('text from outside', () => {
  test('keeps nothing that is not seen, no tag, link or half of a character, and is bounded', () => {
    fc.assert(
      fc.property(outside, fc.integer({ min: 1, max: 300 }), (text, most) => {
        for (const [shown, bound] of [
          [plainText(text, most), most],
          [cleanText(text), 400],
        ] as const) {
          expect(hasUnseen(shown)).toBe(false);
          expect(shown).not.toMatch(/<[a-z/!?]/i);
          expect(shown).not.toMatch(/\][([:]/);
          expect(shown.isWellFormed()).toBe(true);
          expect(shown.length).toBeLessThanOrEqual(bound);
          expect(shown).toBe(shown.trim());
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the same when it is cleaned twice', () => {
    fc.assert(
      fc.property(outside, (text) => {
        expect(plainText(plainText(text, 100), 100)).toBe(plainText(text, 100));
      }),
    );
  });

  test.each([
    'NVIDIA CORP',
    'AT&T INC',
    'SPY   260116C00600000',
    'price < 5 and > 3',
    '腾讯控股',
    'Société Générale',
    'עברית',
    'ไทยพาณิชย์',
    'F1234567 ‑ 5 €',
  ])('stays as it is where it reads as it is: %s', (text) => {
    expect(plainText(text, 100)).toBe(text);
  });

  test('is one word where something unseen stood in it, and two where a line ended', () => {
    expect(plainText('NV\u200bDA\u202e', 100)).toBe('NVDA');
    expect(plainText('NVIDIA\r\n# CORP', 100)).toBe('NVIDIA # CORP');
  });

  test('has no more marks on a letter than a language has', () => {
    expect(seenText(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}b`);
  });

  test('says where it was cut off', () => {
    expect(plainText('x'.repeat(300_000), 200)).toBe(`${'x'.repeat(199)}…`);
    expect(plainText('\u{1f600}'.repeat(20), 10)).toBe(`${'\u{1f600}'.repeat(4)}…`);
  });

  test('in words of IBKR has no markup, account number or end of a line', () => {
    expect(cleanText('Order for <b>DU1234567</b> rejected:\nno  funds\u0000')).toBe(
      'Order for (account) rejected: no funds',
    );
  });
});

test('what was sent is kept whole, with escapes for what is not seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (sent) => {
      const kept = escapedText(JSON.stringify({ sent }));
      expect(hasUnseen(kept)).toBe(false);
      expect(JSON.parse(kept)).toEqual({ sent });
    }),
  );
});
