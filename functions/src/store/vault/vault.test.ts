import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Vault } from './vault.ts';

const ringKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

it('opens what it sealed, where it sealed it', () => {
  const vault = new Vault(ringKey('a'));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.string(), (value, place) => {
      expect(Buffer.from(vault.open(place, vault.seal(place, value)))).toEqual(Buffer.from(value));
    }),
  );
});

it('opens nothing that was moved or changed', () => {
  const vault = new Vault(ringKey('a'));
  const sealed = vault.seal('vault/one', Buffer.from('secret'));
  expect(() => vault.open('vault/two', sealed)).toThrow();
  fc.assert(
    fc.property(
      fc.constantFrom('dataKey', 'data'),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (part, at, flip) => {
        const bytes = Buffer.from(sealed[part as 'data'], 'base64');
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        expect(() => vault.open('vault/one', { ...sealed, [part]: bytes.toString('base64') })).toThrow();
      },
    ),
  );
});

it('never seals the same value to the same text', () => {
  const vault = new Vault(ringKey('a'));
  const texts = Array.from({ length: 50 }, () => vault.seal('p', Buffer.from('x')).data);
  expect(new Set(texts).size).toBe(50);
});

describe('taking a new ring key into use', () => {
  const [older, newer] = [ringKey('2025'), ringKey('2026')];
  const old = new Vault(older).seal('p', Buffer.from('secret'));

  it('seals with the new one and still opens what the old one sealed', () => {
    const vault = new Vault(`${newer}, ${older}`);
    expect(vault.seal('p', Buffer.from('x')).keyId).toBe('2026');
    expect(Buffer.from(vault.open('p', old)).toString()).toBe('secret');
  });

  it('says which key is missing once the old one is gone', () => {
    expect(() => new Vault(newer).open('p', old)).toThrow('the key "2025"');
  });
});

it.each(['', 'a', 'a:short=', `a:${'A'.repeat(43)}=,a:${'B'.repeat(43)}=`, `${ringKey('a')},`])(
  'refuses the ring %j without repeating it',
  (ring) => {
    expect(() => new Vault(ring)).toThrow(/^The vault key ring must [^=]*$/);
  },
);

it('derives the same key in every instance, and another one for every purpose and ring key', () => {
  const [first, second] = [ringKey('a'), ringKey('b')];
  const key = new Vault(first).deriveKey('one');
  expect(key).toHaveLength(32);
  expect(new Vault(`${first},${second}`).deriveKey('one')).toEqual(key);
  expect(new Vault(first).deriveKey('two')).not.toEqual(key);
  expect(new Vault(`${second},${first}`).deriveKey('one')).not.toEqual(key);
});

it('derives what instances derive that have another of its keys in front', () => {
  const [first, second] = [ringKey('a'), ringKey('b')];
  const [one, other] = [new Vault(`${first},${second}`), new Vault(`${second},${first}`)];
  expect(one.deriveKeys('p')).toEqual([one.deriveKey('p'), other.deriveKey('p')]);
  expect(other.deriveKeys('p')).toEqual([other.deriveKey('p'), one.deriveKey('p')]);
});
