/** What may be asked of connections of each kind, which follows from the one list of what they sign in with. */

import { describe, expect, it } from 'vitest';
import { connectionChanges, newConnection, unfinishedConnection } from './connection.ts';
import { CONNECTION_KINDS, KINDS_WITH_SECRETS, type KindWithSecrets, SECRETS } from './connection-kind.ts';

/** All that has to be entered for a connection of a kind, and nothing else. */
function complete(kind: KindWithSecrets): Record<string, string> {
  const needed = Object.entries(SECRETS[kind].shape).filter(
    ([, field]) => !field.safeParse(undefined).success,
  );
  return Object.fromEntries(needed.map(([name]) => [name, `the ${name}`]));
}

/** Whether a kind has something that another does not sign in with. */
function hasMore(kind: KindWithSecrets, than: KindWithSecrets): boolean {
  return Object.keys(complete(kind)).some((name) => !(name in SECRETS[than].shape));
}

const GATEWAY = complete('gateway');
const IDENTITY = { mode: 'paper', label: 'Mine' };

it('lists the sandbox and all that sign in with something', () => {
  // These names are stored.
  expect(CONNECTION_KINDS).toEqual(expect.arrayContaining(['sandbox', 'gateway', 'managed', 'oauth']));
  expect(CONNECTION_KINDS).toEqual(['sandbox', ...Object.keys(SECRETS)]);
});

it('adds a sandbox that is named by nothing but its kind, and is paper', () => {
  expect(newConnection.parse({ kind: 'sandbox' })).toEqual({ kind: 'sandbox', mode: 'paper' });
  for (const more of [{ mode: 'live' }, GATEWAY, { allowTakeover: true }]) {
    expect(newConnection.safeParse({ kind: 'sandbox', ...more }).success).toBe(false);
  }
});

it('knows no other kind', () => {
  for (const kind of ['', 'toString', 'Gateway', undefined]) {
    expect(newConnection.safeParse({ kind, ...IDENTITY, ...GATEWAY }).success).toBe(false);
    expect(unfinishedConnection.safeParse({ kind }).success).toBe(false);
  }
  expect(unfinishedConnection.safeParse({ kind: 'sandbox' }).success).toBe(false);
});

describe.each(KINDS_WITH_SECRETS)('a connection of kind %s', (kind) => {
  const secrets = complete(kind);
  const [first = ''] = Object.keys(secrets);
  const { [first]: _, ...incomplete } = secrets;
  const others = KINDS_WITH_SECRETS.filter((other) => hasMore(other, kind)).map(complete);

  it('is added with a name, its mode and all that it signs in with, and nothing else', () => {
    const body = { kind, ...IDENTITY, ...secrets };
    expect(newConnection.parse(body)).toEqual(body);
    const wrong = [
      { kind, mode: 'paper', ...secrets },
      { kind, label: 'Mine', ...secrets },
      { kind, ...IDENTITY, ...incomplete },
      { ...body, allowTakeover: true },
      ...others.map((other) => ({ ...other, ...body })),
    ];
    for (const each of wrong) expect(newConnection.safeParse(each).success).toBe(false);
  });

  it('is checked as far as it is filled in', () => {
    for (const entered of [{}, incomplete, secrets]) {
      expect(unfinishedConnection.parse({ kind, ...entered })).toEqual({ kind, ...entered });
    }
    for (const other of others) {
      expect(unfinishedConnection.safeParse({ kind, ...other }).success).toBe(false);
    }
  });

  it('changes all that it signs in with at once', () => {
    const changes = connectionChanges(kind);
    expect(changes.parse({ label: 'Other', secrets })).toEqual({ label: 'Other', secrets });
    expect(changes.parse({ mode: 'live', allowTakeover: true })).toEqual({
      mode: 'live',
      allowTakeover: true,
    });
    for (const wrong of [incomplete, ...others, { ...secrets, other: 'x' }, null]) {
      expect(changes.safeParse({ secrets: wrong }).success).toBe(false);
    }
  });
});

it('lets a sandbox change neither its mode nor what it does not have', () => {
  const changes = connectionChanges('sandbox');
  expect(changes.parse({ label: 'Other' })).toEqual({ label: 'Other' });
  for (const wrong of [{ mode: 'paper' }, { allowTakeover: true }, { secrets: GATEWAY }]) {
    expect(changes.safeParse(wrong).success).toBe(false);
  }
});
