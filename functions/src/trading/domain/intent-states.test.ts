import { expect, it } from 'vitest';
import { INTENT_STATES, type IntentState } from '../../contract/orders/order-states.ts';
import { isFinal, mayGo } from './intent-states.ts';

const comesTo = (from: IntentState) => INTENT_STATES.filter((to) => mayGo(from, to));

it('an order is sent only for the first time or after the answer to a question', () => {
  expect(INTENT_STATES.filter((from) => mayGo(from, 'sending'))).toEqual([
    'awaiting_approval',
    'needs_reply',
  ]);
});

it('nobody is asked for a yes to an order that was sent', () => {
  expect(INTENT_STATES.filter((from) => mayGo(from, 'awaiting_approval'))).toEqual(['awaiting_approval']);
});

it.each(['filled', 'cancelled', 'rejected', 'not_placed'] as const)('%s is final', (state) => {
  expect(isFinal(state)).toBe(true);
  expect(comesTo(state).filter((next) => next !== state)).toEqual([]);
});

it.each(['sending', 'needs_reply', 'working', 'unknown'] as const)('%s may come to every end', (state) => {
  expect(isFinal(state)).toBe(false);
  expect(comesTo(state)).toEqual(
    expect.arrayContaining(['working', 'filled', 'cancelled', 'rejected', 'unknown', 'not_placed']),
  );
});
