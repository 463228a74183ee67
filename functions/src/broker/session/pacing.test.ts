import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { IBKR_LIMITS, type Limit, Pacer } from './pacing.ts';

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
      expect.objectContaining({ code: 'ibkr_rate_limited', retryAfter: 12 }),
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
            expect(error).toBeInstanceOf(GatewayError);
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

test("IBKR's table knows its endpoints and nothing like them", () => {
  const limitsOf = (path: string) => IBKR_LIMITS.filter((limit) => limit.path.test(path)).length;
  expect(limitsOf('/iserver/account/orders')).toBe(2);
  expect(limitsOf('/iserver/account/DU1234567/orders')).toBe(1);
  expect(limitsOf('/portfolio/accounts')).toBe(2);
  expect(limitsOf('/portfolio/DU1234567/ledger')).toBe(1);
});
