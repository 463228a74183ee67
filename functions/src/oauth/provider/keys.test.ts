import { describe, expect, it } from 'vitest';
import { newOauthKeys } from '../../../../local/src/data/secret-keys.ts';
import { parseOauthKeys } from './keys.ts';

const { keys } = JSON.parse(newOauthKeys());
const [signing, sealing] = keys;

it('takes the keys that the local stack makes', () => {
  const parsed = parseOauthKeys(newOauthKeys());
  expect(parsed.signing).toMatchObject([{ kty: 'EC', alg: 'ES256', use: 'sig' }]);
  expect(parsed.sealing[0].bytes).toHaveLength(32);
});

it('keeps the order of a ring', () => {
  const older = { ...sealing, kid: 'older' };
  const parsed = parseOauthKeys(JSON.stringify({ keys: [sealing, signing, older] }));
  expect(parsed.sealing.map(({ kid }) => kid)).toEqual([sealing.kid, 'older']);
});

describe('what is no key set', () => {
  it.each([
    ['missing', undefined],
    ['no JSON', 'secret'],
    ['without a key that signs', JSON.stringify({ keys: [sealing] })],
    ['without a key that seals', JSON.stringify({ keys: [signing] })],
    ['with a short key', JSON.stringify({ keys: [signing, { ...sealing, k: 'c2hvcnQ' }] })],
    ['with a public key', JSON.stringify({ keys: [{ ...signing, d: undefined }, sealing] })],
    ['with one kid twice', JSON.stringify({ keys: [signing, { ...sealing, kid: signing.kid }] })],
  ])('%s, is refused and not repeated', (_, text) => {
    expect(() => parseOauthKeys(text)).toThrow(/JSON Web Key Set/);
    expect(() => parseOauthKeys(text)).not.toThrow(sealing.k);
  });
});
