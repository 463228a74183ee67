import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generateApiKey, hashApiKey, isApiKeyShaped } from './api-key-format.ts';

it('makes keys of the published form, each another', () => {
  const keys = Array.from({ length: 200 }, generateApiKey);
  for (const key of keys) {
    expect(key).toMatch(/^ibkr_[0-9A-Za-z]{49}$/);
    expect(isApiKeyShaped(key)).toBe(true);
  }
  expect(new Set(keys).size).toBe(keys.length);
});

it('notices any single wrong character', () => {
  fc.assert(
    fc.property(fc.nat(53), fc.constantFrom(...'09azAZ_-'), (position, character) => {
      const key = generateApiKey();
      const changed = key.slice(0, position) + character + key.slice(position + 1);
      expect(isApiKeyShaped(changed)).toBe(changed === key);
    }),
  );
});

it('takes nothing else for a key', () => {
  fc.assert(fc.property(fc.string(), (text) => !isApiKeyShaped(text)));
  expect(isApiKeyShaped(` ${generateApiKey()}`)).toBe(false);
  expect(isApiKeyShaped(`${generateApiKey()}\n`)).toBe(false);
});

it('hashes to SHA-256 in hex', () => {
  expect(hashApiKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
