/** How a `managed` session goes on after it has ended at IBKR. Two wait for the app's next code, at the same time. */

import { beforeAll, describe, expect, test } from 'vitest';
import { regionInDaytime } from '../../../../simulator/src/market/region.ts';
import { type RunningSimulator, startSimulator } from '../../../../simulator/src/server.ts';
import { closeAfterFile } from '../../testing/after-file.ts';
import { managedPeople } from '../../testing/people/managed-people.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { inMemorySessionStore } from '../session/session-store.ts';

let simulator: RunningSimulator;
const { control, person } = managedPeople(() => simulator);

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, nightlyReset: false, pacing: false });
  closeAfterFile(() => simulator.close());
});

describe('a session that has ended', () => {
  const ENDED = { authenticated: false, connected: true, competing: false, MAC: '', message: '', fail: '' };

  /** IBKR still lets it through, but the next answers about it say that there is none. */
  async function ended(username: string) {
    const says = (path: string, times: number, body: object = ENDED) =>
      control('POST', 'faults', {
        kind: 'status',
        status: 200,
        body,
        times,
        match: { path, user: username },
      });
    await says('/tickle', 1, { session: 'x', iserver: { authStatus: ENDED } });
    await says('/iserver/auth/ssodh/init', 1);
    await says('/iserver/auth/status', 4);
  }

  test.concurrent('is signed in anew by the next call, when its tickle said so', async () => {
    const { open, counts, username } = await person({ secondFactors: ['4'] });
    const store = inMemorySessionStore();
    const connection = open({ store });
    await getAccounts(connection.client());
    const { liveSession } = await store.read();
    if (liveSession === null) throw new Error('no session');
    const anHourAgo = { ...liveSession, expiresAt: liveSession.expiresAt - 3_600_000 };
    await store.write({ liveSession: anHourAgo });
    const later = open({ store });
    await getAccounts(later.client());
    await ended(username);
    expect(await later.client().keepAlive()).toMatchObject({ state: 'closed' });
    await getAccounts(later.client({ budgetMs: 60_000 }));
    expect(await counts()).toMatchObject({ attempts: 2, signedIn: 2, codesRefused: 0 });
    await control('DELETE', 'faults');
  });

  test.concurrent('goes on after the reset of the night without a person, by the secret of the app', async () => {
    const night = await startSimulator({ port: 0, pacing: false, region: regionInDaytime(Date.now()) });
    closeAfterFile(() => night.close());
    const there = managedPeople(() => night);
    const { open, counts } = await there.person({ secondFactors: ['4'] });
    const connection = open();
    await getAccounts(connection.client());
    await there.control('POST', 'clock', { advanceMs: 24 * 3_600_000 });
    const { accounts } = await getAccounts(connection.client({ budgetMs: 60_000 }));
    expect(accounts.length).toBeGreaterThan(0);
    expect(await connection.client().keepAlive()).toMatchObject({ state: 'open' });
    expect(await counts()).toMatchObject({ attempts: 2, signedIn: 2, refused: 0, codesRefused: 0 });
  });

  test('is not, where the sign-in was a moment ago', async () => {
    const { open, counts, username } = await person();
    const connection = open();
    await getAccounts(connection.client());
    await ended(username);
    await connection.client().keepAlive();
    await expect(getAccounts(connection.client())).rejects.toMatchObject({ kind: 'signed_out' });
    await control('DELETE', 'faults');
    await getAccounts(connection.client());
    expect(await counts()).toMatchObject({ attempts: 1 });
  });
});
