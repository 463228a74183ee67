/** What of the audit has an index: each of its records costs as many entries as there are, and waits for them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

interface Indexes {
  indexes: { collectionGroup: string; fields: { fieldPath: string }[] }[];
  fieldOverrides: { collectionGroup: string; fieldPath: string; indexes: unknown[] }[];
}
const { indexes, fieldOverrides } = JSON.parse(
  readFileSync(join(ROOT, 'firestore.indexes.json'), 'utf8'),
) as Indexes;

const ofAudit = <Entry extends { collectionGroup: string }>(entries: Entry[]) =>
  entries.filter(({ collectionGroup }) => collectionGroup === 'audit');
const unindexed = ofAudit(fieldOverrides).map(({ fieldPath, indexes: kept }) => {
  expect(kept, fieldPath).toEqual([]);
  return fieldPath;
});

it('has no index that begins with what grows with time, which takes 500 writes a second in all', () => {
  expect(unindexed).toEqual(expect.arrayContaining(['at', 'sequence', 'expireAt', 'previousExpireAt']));
  for (const { fields } of ofAudit(indexes)) expect(fields[0]?.fieldPath).toBe('ownerUid');
});

it('has one of every field that is asked for alone', () => {
  const sources = globSync('functions/src/store/**/*.ts', { cwd: ROOT }).filter(
    (path) => !/\.test\./.test(path),
  );
  const audit = sources
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .filter((text) => /'audit'/.test(text));
  const asked = audit.flatMap((text) =>
    [...text.matchAll(/\.(?:where|orderBy)\('(\w+)'/g)].map(([, name]) => name),
  );
  expect(asked).toContain('begunId');
  // The time is asked for with the owner, for which there are indexes of both.
  expect(unindexed.filter((name) => asked.includes(name))).toEqual(['at']);
});
