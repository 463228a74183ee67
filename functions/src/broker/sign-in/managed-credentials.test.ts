import { describe, expect, test } from 'vitest';
import { managedFaults, parseManagedCredentials } from './managed-credentials.ts';

const OWN_MACHINE = { localMode: true };
const DEPLOYED = { localMode: false };
const ENTERED = { username: ' Trader1 ', password: ' with spaces ' };

describe('what is entered', () => {
  test('is taken as it is, but for spaces around the name, and leads to IBKR', () => {
    expect(parseManagedCredentials(ENTERED, true, DEPLOYED)).toMatchObject({
      username: 'Trader1',
      password: ' with spaces ',
      totpSecret: null,
      signInUrl: { href: 'https://ndcdyn.interactivebrokers.com/' },
      apiUrl: { href: 'https://api.ibkr.com/v1/api' },
    });
  });

  test.each([
    ['username', { username: 'a b' }, DEPLOYED],
    ['password', { password: '' }, DEPLOYED],
    ['totpSecret', { totpSecret: '123456' }, DEPLOYED],
    ['signInUrl', { signInUrl: 'http://localhost:4290' }, DEPLOYED],
    ['signInUrl', { signInUrl: 'https://ibkr.example.com' }, OWN_MACHINE],
    ['signInUrl', { signInUrl: 'file://localhost/etc' }, OWN_MACHINE],
    ['signInUrl', { signInUrl: 'no address' }, OWN_MACHINE],
  ])('is refused at %s: %j', async (field, changed, network) => {
    const input = { ...ENTERED, ...changed };
    expect([...(await managedFaults(input, network)).keys()]).toEqual([field]);
    expect(() => parseManagedCredentials(input, true, network)).toThrow('field');
  });

  test('of a form that is not finished, only what is there is looked at', async () => {
    expect(await managedFaults({}, DEPLOYED)).toEqual(new Map());
  });
});
