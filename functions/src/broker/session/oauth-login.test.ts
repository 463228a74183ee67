/** An `oauth` connection from its credentials to its reads, against the simulator's own server side of OAuth 1.0a. */

import { generateKeyPairSync, getDiffieHellman } from 'node:crypto';
import { expect, test } from 'vitest';
import { firstAccount, simulatorUrl, useSimulator } from '../../testing/sandbox.ts';
import { getAccounts } from '../accounts/accounts.ts';
import { getPositions } from '../accounts/portfolio.ts';
import { getQuotes } from '../market/market-data.ts';
import { parseOAuthCredentials } from '../transport/oauth-credentials.ts';
import { oauthTransport } from '../transport/oauth-transport.ts';
import { IbkrConnection } from './connection.ts';
import { inMemorySessionStore, type SessionStore } from './session-store.ts';

useSimulator();

const signature = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 });
const dhPrime = getDiffieHellman('modp14').getPrime('hex');
const pem = (key: typeof signature.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();

/** Registers a consumer with the simulator and answers what a person enters for it. */
async function register(consumerKey: string) {
  const response = await fetch(`${simulatorUrl()}/sim/oauth/consumers`, {
    method: 'POST',
    body: JSON.stringify({
      consumerKey,
      signaturePublicKey: pem(signature.publicKey),
      encryptionPublicKey: pem(encryption.publicKey),
      dhPrime,
    }),
  });
  const tokens = (await response.json()) as { accessToken: string; accessTokenSecret: string };
  return {
    consumerKey,
    ...tokens,
    signatureKey: signature.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    encryptionKey: encryption.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    dhPrime,
    baseUrl: `${simulatorUrl()}/v1/api`,
  };
}

/** The same, and how to open connections with it. */
async function consumer(consumerKey: string) {
  const input = await register(consumerKey);
  return (store: SessionStore, changes: Partial<typeof input> = {}) => {
    const transport = oauthTransport(parseOAuthCredentials({ ...input, ...changes }, { localMode: true }));
    return new IbkrConnection({ transport, login: transport, store, limits: [] });
  };
}

async function exchanges(): Promise<number> {
  const response = await fetch(`${simulatorUrl()}/sim/requests`);
  const { counts } = (await response.json()) as { counts: Record<string, number> };
  return counts['POST /oauth/live_session_token'] ?? 0;
}

test('fifty cold instances read after one login exchange', async () => {
  const open = await consumer('FIFTYCOLD');
  const before = await exchanges();
  const store = inMemorySessionStore();
  const instances = Array.from({ length: 50 }, () => open(store));
  const lists = await Promise.all(instances.map((instance) => getAccounts(instance.client())));
  expect((await exchanges()) - before).toBe(1);

  const [instance] = instances;
  const [list] = lists;
  if (instance === undefined || list === undefined) throw new Error('no instance');
  expect(
    (await getPositions(instance.client(), await firstAccount(instance.client()))).positions.length,
  ).toBeGreaterThan(0);
  expect((await getQuotes(instance.client(), [265598]))[0]?.last).toBeGreaterThan(0);
  await Promise.all(instances.map((each) => each.close()));
});

test('a token that another login made worthless is replaced within the call', async () => {
  const open = await consumer('TWOLOGINS');
  const first = open(inMemorySessionStore());
  const accountId = await firstAccount(first.client());
  const second = open(inMemorySessionStore());
  await getAccounts(second.client());
  const before = await exchanges();
  expect(await firstAccount(first.client())).toBe(accountId);
  expect((await exchanges()) - before).toBe(1);
  await Promise.all([first.close(), second.close()]);
});

test('a wrong access token is refused once, and not tried again', async () => {
  const open = await consumer('WRONGTOKN');
  const store = inMemorySessionStore();
  const connection = open(store, { accessToken: 'ffffffffffffffffffff' });
  const before = await exchanges();
  for (const client of [connection.client(), connection.client()]) {
    await expect(getAccounts(client)).rejects.toMatchObject({ kind: 'credentials_rejected' });
  }
  expect((await exchanges()) - before).toBe(1);
  await connection.close();
});

test('a thousand exchanges end with the same token on both sides', async () => {
  const input = await register('THOUSAND');
  const transport = oauthTransport(parseOAuthCredentials(input, { localMode: true }));
  const before = await exchanges();
  for (let i = 0; i < 1_000; i++) {
    transport.use(await transport.exchange());
    const { status } = await transport.send({ method: 'POST', path: '/iserver/auth/status' });
    expect(status).toBe(200);
  }
  // A token that does not check is asked for once more, which would hide a wrong sign byte.
  expect((await exchanges()) - before).toBe(1_000);
  await transport.close();
});
