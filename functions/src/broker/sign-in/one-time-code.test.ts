import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeAt, nextCodeAt, parseTotpSecret, windowOf } from './one-time-code.ts';

/** RFC 6238, appendix B, of which these are the last six digits. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code of RFC 6238 at %i seconds', (seconds, code) => {
  const secret = parseTotpSecret(RFC_SECRET);
  expect(secret && codeAt(secret, seconds * 1000)).toBe(code);
});

test.each([
  'gezd gnbv gy3t qojq gezd gnbv gy3t qojq',
  'GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ',
  ` ${RFC_SECRET}====\n`,
])('an activation code as it is copied: %j', (text) => {
  expect(parseTotpSecret(text)?.base32).toBe(RFC_SECRET);
});

test.each(['', 'GEZDGNBV', '123456', 'GEZDGNBVGY3TQOJ!'])('%j is no activation code', (text) => {
  expect(parseTotpSecret(text)).toBeNull();
});

test('each period has one code at most, with ten seconds left, and none is waited for longer than needed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 12 }),
      fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 20 }),
      (start, pauses) => {
        let [now, used] = [start, -1];
        for (const pause of pauses) {
          now += pause;
          const at = nextCodeAt(now, used);
          expect(at).toBeGreaterThanOrEqual(now);
          expect(at - now).toBeLessThanOrEqual(30_000);
          expect(windowOf(at)).toBeGreaterThan(used);
          expect(30_000 - (at % 30_000)).toBeGreaterThanOrEqual(10_000);
          [now, used] = [at, windowOf(at)];
        }
      },
    ),
  );
});
