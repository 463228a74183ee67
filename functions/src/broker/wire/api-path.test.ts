import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiPath } from './api-path.ts';

test('segments are encoded, fixed text is not', () => {
  expect(apiPath`/iserver/account/${'DU1/../x?y'}/order/${42}`).toBe(
    '/iserver/account/DU1%2F..%2Fx%3Fy/order/42',
  );
});

test.each(['', '.', '..'])('%o is refused', (segment) => {
  expect(() => apiPath`/portfolio/${segment}/ledger`).toThrow(RangeError);
});

test('whatever the segment, the path has the segments of its template', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (segment) => {
      if (segment === '.' || segment === '..' || !segment.isWellFormed()) return;
      const { pathname, search, hash } = new URL(`http://host${apiPath`/a/${segment}/b`}`);
      expect(pathname.split('/')).toHaveLength(4);
      expect(pathname.startsWith('/a/') && pathname.endsWith('/b')).toBe(true);
      expect(search + hash).toBe('');
    }),
  );
});
