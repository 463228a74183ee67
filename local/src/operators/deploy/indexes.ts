/** Firestore's rules, indexes and times to live, as the repository has them and as a database has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firebase, REPOSITORY } from './project.ts';
import { type Step, step } from './steps.ts';

interface Indexes {
  indexes: {
    collectionGroup: string;
    queryScope: string;
    fields: { fieldPath: string; order?: string; arrayConfig?: string }[];
  }[];
  fieldOverrides: { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes: unknown[] }[];
}

export function indexStep(id: string): Step {
  const wanted = JSON.parse(readFileSync(join(REPOSITORY, 'firestore.indexes.json'), 'utf8')) as Indexes;
  return step(
    'Its rules, indexes and times to live are there',
    firebase('firestore:indexes', '--project', id),
    (found) => {
      const there = new Set(found === null ? [] : namesOf(JSON.parse(found) as Indexes));
      return namesOf(wanted).every((name) => there.has(name)) ? [] : [deployFirestore(id)];
    },
  );
}

/** Firebase compares, and changes what is different. */
export function deployFirestore(id: string) {
  return { ...firebase('deploy', '--only', 'firestore', '--project', id), speaks: true };
}

/** One for each index and override; Firestore adds the document's name to fields by itself. */
function namesOf({ indexes, fieldOverrides }: Indexes): string[] {
  return [
    ...indexes.map(({ collectionGroup, queryScope, fields }) =>
      [
        collectionGroup,
        queryScope,
        ...fields
          .filter(({ fieldPath }) => fieldPath !== '__name__')
          .map(({ fieldPath, order, arrayConfig }) => `${fieldPath} ${order ?? arrayConfig}`),
      ].join('/'),
    ),
    ...fieldOverrides.map(
      ({ collectionGroup, fieldPath, ttl = false, indexes: own }) =>
        `${collectionGroup}.${fieldPath} ${ttl} ${own.length}`,
    ),
  ];
}
