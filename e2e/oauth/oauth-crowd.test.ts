/** Many hosts connect at the same time, to instances that share nothing but the database and may die at any moment. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AuthorizationResponseError } from 'oauth4webapi';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newOauthKeys } from '../../local/src/data/secret-keys.ts';
import { PROJECT_ID } from '../../local/src/emulators.ts';
import { database } from '../database.ts';
import type { HostingProxy } from '../hosting-proxy.ts';
import { Instances } from '../orders/floor/instances.ts';
import { inParallel } from '../orders/in-parallel.ts';
import { demo, vaultKeys } from '../own-stack.ts';
import { newOwner } from './oauth-calls.ts';
import { Browser, OauthHost, REDIRECT_URI, type Tokens } from './oauth-host.ts';

const DANCES = 200;
const KILLED_DANCES = 60;
/** So many are under way at once when an instance is killed: at most these are lost with it. */
const AT_A_TIME = 10;

let instances: Instances;
let owners: Awaited<ReturnType<typeof newOwner>>[];
const { origin, authEmulator, firestoreEmulator, simulator } = demo();

beforeAll(async () => {
  instances = await Instances.start(2, {
    PUBLIC_ORIGIN: origin,
    SIMULATOR_URL: `http://${simulator}`,
    LOCAL_MODE: 'true',
    VAULT_KEYS: vaultKeys(),
    OAUTH_KEYS: newOauthKeys(),
    FIRESTORE_EMULATOR_HOST: firestoreEmulator,
    FIREBASE_AUTH_EMULATOR_HOST: authEmulator,
    GCLOUD_PROJECT: PROJECT_ID,
  });
});
/** A person has 200 apps at most, and what a busy gateway did not answer may have become one. */
beforeEach(async () => {
  owners = await Promise.all([1, 2].map(() => newOwner(`crowd-${randomUUID()}`)));
});
afterAll(() => instances.stop());

/** The gateway answered that it cannot at the moment, and when to come back. */
class Busy extends Error {}

let next = 0;
let dances = 0;
/** Every request goes to another instance than the one before. */
const spread: HostingProxy = {
  origin,
  fetch: async (input, init) => {
    const answer = await instances.send(next++, String(input instanceof Request ? input.url : input), init);
    if (answer.status === 503 && answer.headers.has('Retry-After')) throw new Busy();
    return answer;
  },
  stop: async () => {},
};

/** So many at once may take a slow machine longer than the gateway has anyone wait: as a host does, they come back. */
async function untilServed<Result>(act: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isBusy(error)) throw error;
      await delay(1_000 + Math.random() * 10_000);
    }
  }
}

/** A host is told it in the redirect, too (RFC 6749, section 4.1.2.1). */
function isBusy(error: unknown): boolean {
  const isTold = error instanceof AuthorizationResponseError && error.error === 'temporarily_unavailable';
  return isTold || error instanceof Busy;
}

/** Every host is connected by another owner than the one before. */
function nextOwner() {
  const owner = owners[dances++ % owners.length];
  if (owner === undefined) throw new Error('Nobody can connect.');
  return owner;
}

async function dance(name: string): Promise<Tokens> {
  const { idToken, connectionId } = nextOwner();
  const host = await OauthHost.open(spread, { redirect_uris: [REDIRECT_URI], client_name: name });
  return host.connect(new Browser(spread), idToken, { connectionId, scope: 'read' });
}

async function works({ access_token }: Tokens): Promise<boolean> {
  const list = {
    method: 'POST',
    headers: { Authorization: `Bearer ${access_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  };
  const answer = await untilServed(() => spread.fetch(`${origin}/mcp`, list));
  return answer.status === 200;
}

function names(count: number, of: string): string[] {
  return Array.from({ length: count }, (_, index) => `${of} ${index}`);
}

it(`connects ${DANCES} hosts at once`, { timeout: 300_000 }, async () => {
  const tokens = await Promise.all(names(DANCES, 'At once').map((name) => untilServed(() => dance(name))));
  const verdicts = await Promise.all(tokens.map(works));
  expect(verdicts.filter(Boolean)).toHaveLength(DANCES);
  const theirs = owners.map(({ connectionId }) => connectionId);
  const grants = await database().collection('grants').where('connectionId', 'in', theirs).get();
  expect(new Set(grants.docs.map((grant) => grant.get('clientName'))).size).toBe(DANCES);
});

it('loses at most what was under way in an instance that is killed', { timeout: 300_000 }, async () => {
  const lost: string[] = [];
  const connected: Tokens[] = [];
  let kills = 0;
  await inParallel(names(KILLED_DANCES, 'Killed'), AT_A_TIME, async (name) => {
    if (connected.length + lost.length >= (kills + 1) * (KILLED_DANCES / 4)) await instances.replace(kills++);
    await dance(name).then(
      (tokens) => connected.push(tokens),
      () => lost.push(name),
    );
  });
  expect(kills).toBe(3);
  expect(lost.length).toBeLessThanOrEqual(kills * AT_A_TIME);
  expect(connected.length + lost.length).toBe(KILLED_DANCES);
  for (const name of lost) connected.push(await untilServed(() => dance(name)));
  expect((await Promise.all(connected.map(works))).filter(Boolean)).toHaveLength(KILLED_DANCES);
});

it('refreshes with the same token when the instance dies before it answers', {
  timeout: 300_000,
}, async () => {
  const host = await OauthHost.open(spread, { redirect_uris: [REDIRECT_URI], client_name: 'Refreshing' });
  const { idToken, connectionId } = nextOwner();
  let tokens = await host.connect(new Browser(spread), idToken, { connectionId, scope: 'read' });
  for (let round = 0; round < 3; round++) {
    const choice = next;
    const answered = host.refresh(tokens.refresh_token).catch(() => undefined);
    await instances.replace(choice);
    tokens = (await answered) ?? (await untilServed(() => host.refresh(tokens.refresh_token)));
    expect(await works(tokens)).toBe(true);
  }
});
