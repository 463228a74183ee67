import { expect, it } from 'vitest';
import { isFound } from '../src/format/search-words.ts';

it.each([
  ['', ['Söhne']],
  ['sohne', ['O’Brien & Söhne']],
  ["o'brien SÖHNE", ['O’Brien & Söhne']],
  ['account 57 set', ['Account 57 (paper): Settings']],
  ['settings 57', ['Account 57 (paper): Settings']],
  ['日本', ['日本語の口座名']],
  ['حساب', ['حِساب التداول']],
  ['５７', ['Account 57']],
  ['177 client', ['Client 77', '••••177']],
])('%o finds %o', (sought, texts) => {
  expect(isFound(sought, texts)).toBe(true);
});

it.each([
  ['account 58', ['Account 57']],
  ['sohner', ['Söhne']],
])('%o does not find %o', (sought, texts) => {
  expect(isFound(sought, texts)).toBe(false);
});
