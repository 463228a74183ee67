/** What people are told is kept, against what is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { retentionPeriods } from './retention.ts';

const KEPT = retentionPeriods(undefined);

const ROOT = join(import.meta.dirname, '../../..');
/** Holds nothing of a person. */
const OF_NOBODY = ['auditKeys', 'deployment'];

const records = readFileSync(join(ROOT, 'functions/src/store/README.md'), 'utf8');
const described = [...records.matchAll(/^## `([^/`]+)/gm)].map(([, name = '']) => name);
const told = KEPT.flatMap(({ collections }) => collections);

it('tells of every collection, and of none that is not there', () => {
  expect(new Set(told)).toEqual(new Set(described.filter((name) => !OF_NOBODY.includes(name))));
});

it('says that exactly those end by themselves that have a policy for it', () => {
  const { fieldOverrides } = JSON.parse(readFileSync(join(ROOT, 'firestore.indexes.json'), 'utf8')) as {
    fieldOverrides: { collectionGroup: string; ttl?: boolean }[];
  };
  const policies = fieldOverrides.filter(({ ttl }) => ttl === true).map((each) => each.collectionGroup);
  const expiring = KEPT.filter(({ expires }) => expires).flatMap(({ collections }) => collections);
  const named = policies.map((name) => (name.startsWith('oidc_') ? 'oidc_{Model}' : name));
  expect(new Set(named)).toEqual(new Set(expiring));
});

it('names what tells most of a person', () => {
  const text = KEPT.map(({ what }) => what).join('\n');
  for (const thing of ['email address', 'IP address', 'account number', 'User-Agent']) {
    expect(text).toContain(thing);
  }
});

it('says of the activity what the deployment has set', () => {
  const activity = (days: number) =>
    retentionPeriods(days).find(({ collections }) => collections.includes('audit'))?.until;
  expect(activity(400)).toMatch(/^400 days; /);
  expect(activity(1)).toMatch(/^a day; /);
  expect(retentionPeriods(400).filter((each, index) => each !== KEPT[index])).toHaveLength(1);
});
