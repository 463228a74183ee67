import type { Firestore } from 'firebase-admin/firestore';

/**
 * Something that this process keeps in memory, for each database: a service has one, but tests of many databases share a
 * process, and none must meet what another left.
 * @param make Makes what is kept of a database, when it is first asked for.
 */
export function perDatabase<Kept, Rest extends unknown[]>(
  make: (...rest: Rest) => Kept,
): (db: Firestore, ...rest: Rest) => Kept {
  const all = new WeakMap<Firestore, { kept: Kept }>();
  return (db, ...rest) => {
    const before = all.get(db);
    if (before !== undefined) return before.kept;
    const kept = make(...rest);
    all.set(db, { kept });
    return kept;
  };
}
