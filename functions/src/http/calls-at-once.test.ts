import type { Firestore } from 'firebase-admin/firestore';
import { expect, it } from 'vitest';
import { testService } from '../testing/service.ts';
import { beginCalls } from './calls-at-once.ts';

const service = () => testService({} as Firestore, { callsPerMinute: 600 });

it('lets a person have 20 calls under way, whatever they are made with', () => {
  const here = service();
  const begun = Array.from({ length: 25 }, () => beginCalls(here, 'slow'));
  expect(begun.map(({ isRefused }) => isRefused).indexOf(true)).toBe(20);
  expect(beginCalls(here, 'other', 20).isRefused).toBe(false);
  for (const calls of begun.slice(0, 3)) calls[Symbol.dispose]();
  expect(beginCalls(here, 'slow', 4).isRefused).toBe(true);
  expect(beginCalls(here, 'slow', 3).isRefused).toBe(false);
  // Those that were refused take no place, and give none back.
  for (const calls of begun.slice(20)) calls[Symbol.dispose]();
  expect(beginCalls(here, 'slow').isRefused).toBe(true);
});

it('gives the places back when the calls end, however they do', () => {
  const here = service();
  const fail = () => {
    using calls = beginCalls(here, 'somebody', 20);
    expect(calls.isRefused).toBe(false);
    throw new Error('The call failed.');
  };
  for (let turn = 0; turn < 3; turn += 1) expect(fail).toThrow('The call failed.');
});
