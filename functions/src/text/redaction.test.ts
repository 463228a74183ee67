import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generateApiKey } from '../store/credentials/api-key-format.ts';
import { anyCharacter } from '../testing/any-character.ts';
import { textToKeep } from './redaction.ts';

const before = fc.constantFrom('', ' ', '"', '{"a":"', ':', '/', '\n', 'Bearer ', '\\n', '\\u0000');
const after = fc.constantFrom('', ' ', '"', '"}', ';', '/', '\n');
const base64url = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const token = fc
  .array(fc.constantFrom(...base64url), { minLength: 43, maxLength: 43 })
  .map((characters) => characters.join(''));
const webToken = fc
  .array(fc.base64String({ minLength: 4 }), { minLength: 2, maxLength: 4 })
  .map((parts) => ['eyJhbGciOiJSUzI1NiJ9', ...parts.map((part) => part.replace(/[+/=]/g, '-'))].join('.'));

const redacted = (text: string) => textToKeep(text, 10_000);

it('hides tokens wherever they stand', () => {
  fc.assert(
    fc.property(before, fc.oneof(token, webToken), after, (head, secret, tail) => {
      expect(redacted(head + secret + tail)).not.toContain(secret);
    }),
  );
});

it.each(['', 'name ', 'x', 'x_', '-'])('hides a key behind %j', (before) => {
  const key = generateApiKey();
  expect(redacted(before + key)).toBe(`${before}(key)`);
  expect(redacted(before + key.slice(0, 30))).not.toContain(key.slice(0, 30));
});

it.each([
  'DU1234567',
  'du1234567',
  'U7654321',
  'F1234567A',
  'x_DU1234567',
  'x-DU1234567',
  JSON.stringify('\nDU1234567'),
  JSON.stringify('\u0000DU1234567'),
])('hides the account %s', (text) => {
  expect(redacted(text)).toContain('(account)');
});

it.each([
  'get_quote',
  '{"symbol":"NVDA","conid":4815747,"quantity":1.5}',
  'a'.repeat(42),
  // An id of a key is the SHA-256 of it.
  '0f'.repeat(32),
  'claude-ai 1.2.3 (darwin)',
  'eyJ',
])('leaves %s as it is', (text) => {
  expect(redacted(text)).toBe(text);
});

it('is cut off between characters', () => {
  expect(textToKeep('a👍b', 2).isWellFormed()).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.nat(20), (text, most) => {
      const kept = textToKeep(text, most);
      expect(kept.isWellFormed()).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(most);
    }),
  );
});
