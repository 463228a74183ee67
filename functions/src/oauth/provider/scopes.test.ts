import { expect, it } from 'vitest';
import { effectiveScope } from './scopes.ts';

it.each([
  [null, 'read'],
  ['', 'read'],
  ['read', 'read'],
  ['write', 'read write'],
  ['write read', 'read write'],
  ['offline_access', 'read offline_access'],
  ['read write offline_access', 'read write offline_access'],
  ['openid profile read', 'read'],
  ['openid profile', ''],
  ['  read   read ', 'read'],
])('takes %j for %j', (asked, effective) => {
  expect(effectiveScope(asked)).toBe(effective);
});
