import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type AddressPause, OutgoingAddress } from './outgoing-address.ts';

const MINUTE = 60_000;
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000_000 }));
afterEach(() => vi.useRealTimers());

function newAddress(stored: AddressPause | null = null) {
  const read = vi.fn(async () => stored);
  const write = vi.fn(async () => {});
  const address = new OutgoingAddress({ read, write });
  const refuse = async (...people: number[]) => {
    for (const person of people) {
      await address.noteRefusal({ owner: `owner ${person}`, accountIds: [`DU${person}`] }, Date.now());
    }
  };
  return { address, read, write, refuse, pauseMs: () => address.pausedUntil - Date.now() };
}
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

it('pauses for a minute, and for ten where what leaves then is refused again', async () => {
  const { refuse, write, pauseMs } = newAddress();
  await refuse(1, 2, 3);
  expect(pauseMs()).toBe(MINUTE);
  await refuse(4, 5, 6);
  expect([pauseMs(), write.mock.calls.length]).toEqual([MINUTE, 1]);
  pass(MINUTE);
  await refuse(1, 2, 3);
  expect([pauseMs(), write.mock.calls.length]).toEqual([10 * MINUTE, 2]);
});

it('begins anew once IBKR has answered', async () => {
  const { address, refuse, pauseMs } = newAddress();
  await refuse(1, 2, 3);
  pass(MINUTE);
  address.noteAnswer(Date.now());
  pass(1);
  await refuse(1, 2, 3);
  expect(pauseMs()).toBe(MINUTE);
  // What left in between was answered after all.
  address.noteAnswer(Date.now() + 1);
  expect(pauseMs()).toBeLessThanOrEqual(1);
});

it('takes refusals together that are of one minute', async () => {
  const { address, refuse } = newAddress();
  for (const person of [1, 2, 3, 4]) {
    await refuse(person);
    pass(MINUTE / 2);
  }
  expect(address.pausedUntil).toBe(0);
});

it('counts nobody whose accounts IBKR never told', async () => {
  const { address } = newAddress();
  for (const owner of 'abcd') await address.noteRefusal({ owner, accountIds: [] }, Date.now());
  expect(address.pausedUntil).toBe(0);
});

it('looks once a minute what others met, and believes no pause longer than a lock', async () => {
  const { address, read, pauseMs } = newAddress({ since: Date.now(), until: Date.now() + 1000 * MINUTE });
  for (let call = 0; call < 10; call += 1) address.look();
  await Promise.all(read.mock.results.map(({ value }) => value));
  expect(pauseMs()).toBe(10 * MINUTE);
  expect(read).toHaveBeenCalledTimes(1);
  pass(MINUTE);
  address.look();
  expect(read).toHaveBeenCalledTimes(2);
});

it('goes on where it cannot be read what others met', async () => {
  const read = vi.fn(() => Promise.reject(new Error('storage is down')));
  const address = new OutgoingAddress({ read, write: async () => {} });
  address.look();
  await Promise.allSettled(read.mock.results.map(({ value }) => value));
  expect(address.pausedUntil).toBe(0);
});
