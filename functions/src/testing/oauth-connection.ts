/** Test support: connections by IBKR's OAuth, to a simulator. */
import { generateKeyPairSync, getDiffieHellman } from 'node:crypto';
import { z } from 'zod';
import type { IbkrAccess } from '../connections/pool.ts';
import { type Connection, createConnection } from '../store/connections.ts';

const tokens = z.object({ accessToken: z.string(), accessTokenSecret: z.string() });

/** What a person enters for IBKR's OAuth, the simulator having been told the public halves. */
export async function newOAuthSecrets(simulatorUrl: string, consumerKey: string) {
  const pair = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
  const [signature, encryption] = [pair(), pair()];
  const dhPrime = getDiffieHellman('modp14').getPrime('hex');
  const answer = await fetch(`${simulatorUrl}/sim/oauth/consumers`, {
    method: 'POST',
    body: JSON.stringify({
      consumerKey,
      signaturePublicKey: signature.publicKey,
      encryptionPublicKey: encryption.publicKey,
      dhPrime,
    }),
  });
  return {
    consumerKey,
    ...tokens.parse(await answer.json()),
    signatureKey: signature.privateKey,
    encryptionKey: encryption.privateKey,
    dhPrime,
    baseUrl: `${simulatorUrl}/v1/api`,
  };
}

/** @param consumerKey Of nobody else's connection at the simulator. */
export async function newOAuthConnection(
  access: Pick<IbkrAccess, 'db' | 'vault'>,
  simulatorUrl: string,
  consumerKey: string,
): Promise<Connection> {
  const value = await newOAuthSecrets(simulatorUrl, consumerKey);
  const fields = { ownerUid: 'owner', kind: 'oauth', mode: 'paper', label: 'OAuth' } as const;
  const { connection } = await createConnection(access.db, fields, { vault: access.vault, value });
  return connection;
}
