import { expect, test } from 'vitest';
import { isBeingCancelled, isOpen, orderState } from './order-state.ts';

test.each([
  ['Filled', 'filled', false],
  ['FILLED', 'filled', false],
  ['pre_submitted', 'working', true],
  ['PendingSubmit', 'pending', true],
  ['Canceled', 'cancelled', false],
  ['ApiCancelled', 'cancelled', false],
  ['Inactive', 'inactive', false],
  // It may go on from what is not known here.
  ['WarnState', 'unknown', true],
  ['constructor', 'unknown', true],
  ['', 'unknown', true],
])('%o is %s', (status, state, open) => {
  expect(orderState(status)).toBe(state);
  expect(isOpen(status)).toBe(open);
});

test.each([
  ['PendingCancel', true],
  ['pending_cancel', true],
  ['PRECANCELLED', true],
  ['Cancelled', false],
  ['Submitted', false],
])('of %s it is %o that it is being cancelled', (status, is) => {
  expect(isBeingCancelled(status)).toBe(is);
});
