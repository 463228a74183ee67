import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BrokerError } from '../errors.ts';
import { IBKR_LIMITS, type Limit, Pacer } from './pacing.ts';
import { inMemorySessionStore, type SessionStore } from './session-store.ts';

const ten: Limit = { path: /^\//, calls: 10, perMs: 1_000 };
const orders: Limit = { path: /^\/orders$/, calls: 2, perMs: 10_000 };

const get = (path: string) => ({ method: 'GET', path }) as const;

test('requests queue up for the next free turns', () => {
  const pacer = new Pacer([ten]);
  const waits = Array.from({ length: 25 }, () => pacer.reserve(get('/x'), 5_000));
  expect(waits).toEqual([...Array(10).fill(0), ...Array(10).fill(1_350), ...Array(5).fill(2_700)]);
});

test('a turn that is too far away is refused, and takes no turn from anybody', () => {
  const pacer = new Pacer([ten, orders]);
  const now = 1_000_000;
  expect([pacer.reserve(get('/orders'), now), pacer.reserve(get('/orders'), now)]).toEqual([0, 0]);
  for (let tries = 0; tries < 20; tries += 1) {
    expect(() => pacer.reserve(get('/orders'), now)).toThrow(
      expect.objectContaining({ kind: 'rate_limited', retryAfter: 12 }),
    );
  }
  expect(pacer.reserve(get('/x'), now)).toBe(0);
  expect(pacer.reserve(get('/orders'), now + 9_000)).toBe(2_250);
});

test('no stretch of time ever holds more requests than a limit allows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('/orders', '/x'), fc.nat(900)), { maxLength: 100 }),
      (asks) => {
        const pacer = new Pacer([ten, orders]);
        const starts: [path: string, at: number][] = [];
        let now = 1_000_000;
        for (const [path, pause] of asks) {
          try {
            starts.push([path, now + pacer.reserve(get(path), now)]);
          } catch (error) {
            expect(error).toBeInstanceOf(BrokerError);
          }
          now += pause;
        }
        for (const { path, calls, perMs } of [ten, orders]) {
          const times = starts.filter(([asked]) => path.test(asked)).map(([, at]) => at);
          const ordered = times.sort((a, b) => a - b);
          for (const [index, start] of ordered.entries()) {
            expect((ordered[index + calls] ?? Number.POSITIVE_INFINITY) - start).toBeGreaterThanOrEqual(
              perMs,
            );
          }
        }
      },
    ),
  );
});

test('who waits for one limit keeps nobody from going first', () => {
  const pacer = new Pacer([ten, orders]);
  const now = 1_000_000;
  pacer.reserve(get('/orders'), now);
  pacer.reserve(get('/orders'), now + 5_000);
  expect(pacer.reserve(get('/orders'), now + 6_000)).toBe(5_250);
  const waits = Array.from({ length: 11 }, () => pacer.reserve(get('/x'), now + 6_500));
  expect(waits).toEqual([...Array(10).fill(0), 1_350]);
});

const list: Limit = { path: /^\/list$/, calls: 1, perMs: 200, sharedAs: 'list' };

test('instances take the turns of one limit together, and only of that one', async () => {
  const store = inMemorySessionStore();
  const turns: number[] = [];
  const shared: Pick<typeof store, 'changeTurns'> = {
    changeTurns: (name, request, next) =>
      store.changeTurns(name, request, (known) => {
        const changed = next(known);
        if (changed !== null) turns.push(changed.last);
        return changed;
      }),
  };
  const instances = Array.from({ length: 3 }, () => new Pacer([ten, list], shared));
  const asked = [...instances, ...instances].map((instance) => instance.turn(get('/list')));
  await Promise.all([...asked, ...instances.map((instance) => instance.turn(get('/x')))]);
  expect(turns.length).toBeGreaterThanOrEqual(asked.length);
  for (const [index, turn] of turns.entries()) {
    expect(turn - (turns[index - 1] ?? 0)).toBeGreaterThanOrEqual(list.perMs);
  }
});

test('a turn that other instances have taken until too late is refused', async () => {
  const store = inMemorySessionStore();
  const [one, other] = [new Pacer(IBKR_LIMITS, store), new Pacer(IBKR_LIMITS, store)];
  const params = get('/iserver/scanner/params');
  await one.turn(params);
  await expect(other.turn(params)).rejects.toMatchObject({ kind: 'rate_limited' });
  await other.turn(get('/iserver/scanner/run'));
});

/** Whose answers come late. */
function slowStore(...delaysMs: number[]) {
  const turns: number[] = [];
  const changeTurns: SessionStore['changeTurns'] = async (_name, _request, next) => {
    turns.push(next({ last: turns.at(-1) ?? 0, reads: [] })?.last ?? 0);
    await delay(delaysMs.shift() ?? 0);
  };
  return { turns, changeTurns };
}

test('a turn that is lost because the answer came late is moved, and not another one taken', async () => {
  const slow = slowStore(900);
  const asked = Date.now();
  await new Pacer(IBKR_LIMITS, slow).turn(get('/iserver/account/orders'));
  const [lost = 0, moved = 0] = slow.turns;
  expect(slow.turns).toHaveLength(2);
  expect(lost).toBeGreaterThanOrEqual(asked);
  expect(moved).toBeGreaterThanOrEqual(lost + 900);
  expect(moved - lost).not.toBe(5_750);
});

test('a turn that was moved is not lost again because answers take ever longer', async () => {
  const slow = slowStore(900, 1_600);
  await new Pacer(IBKR_LIMITS, slow).turn(get('/iserver/account/orders'));
  expect(slow.turns).toHaveLength(2);
});

test('a turn that is lost because the process was busy when it came is moved', async () => {
  const slow = slowStore();
  const pacer = new Pacer([list], slow);
  await pacer.turn(get('/list'));
  const waiting = pacer.turn(get('/list'));
  await delay(100);
  const freeAt = Date.now() + 1_000;
  while (Date.now() < freeAt);
  await waiting;
  expect(slow.turns.length).toBeGreaterThanOrEqual(3);
  expect(slow.turns.at(-1)).toBeGreaterThanOrEqual(freeAt);
});

test('where turns are rare, a late answer loses none', async () => {
  const slow = slowStore(900);
  await new Pacer(IBKR_LIMITS, slow).turn(get('/pa/performance'));
  expect(slow.turns).toHaveLength(1);
});

test("IBKR's table knows its endpoints and nothing like them", () => {
  const limitsOf = (path: string) => IBKR_LIMITS.filter((limit) => limit.path.test(path)).length;
  expect(limitsOf('/iserver/account/orders')).toBe(2);
  expect(limitsOf('/iserver/account/DU1234567/orders')).toBe(1);
  expect(limitsOf('/portfolio/accounts')).toBe(2);
  expect(limitsOf('/portfolio/DU1234567/ledger')).toBe(1);
});

test('what IBKR takes once in some seconds all instances take together', () => {
  const rare = IBKR_LIMITS.filter(({ calls, perMs }) => calls === 1 && perMs >= 5_000);
  const names = rare.map(({ sharedAs }) => sharedAs);
  expect(names.every((name) => name !== undefined)).toBe(true);
  expect(new Set(names).size).toBe(rare.length);
});
