import { expect, it } from 'vitest';
import { isInvited } from './invited.ts';

it('lets everyone in where nobody is named, with or without an address', () => {
  expect(isInvited('someone@example.com', { allowedEmails: [] })).toBe(true);
  expect(isInvited('', { allowedEmails: [] })).toBe(true);
});

it.each([
  ['owner@example.com', true],
  ['OWNER@Example.com', true],
  ['anyone@family.example', true],
  ['other@example.com', false],
  ['anyone@sub.family.example', false],
  ['anyone@notfamily.example', false],
  ['xowner@example.com', false],
  ['', false],
])('lets in whom it names: %s: %s', (email, invited) => {
  expect(isInvited(email, { allowedEmails: ['owner@example.com', '@family.example'] })).toBe(invited);
});
