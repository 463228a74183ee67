/** Test support: somebody who is signed in to the console, with what tells Firebase's library of their account. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { initializeApp } from 'firebase-admin/app';
import { beforeAll, vi } from 'vitest';
import { closeAfterFile } from '../after-file.ts';

const PROJECT = 'demo-test';

/** Whose account is in order, as that of everybody is. */
export const OWNER = { uid: 'owner', email: 'owner@example.com' };

/** Has Firebase's library know people in the tests of a file. Call it at the top of the file. */
export function useConsoleOwner(): void {
  beforeAll(async () => {
    const server = createServer(async (request, response) => {
      const asked = (await json(request)) as { localId?: string | string[] };
      const [localId = ''] = [asked.localId ?? []].flat();
      const account = { localId, email: `${localId}@example.com`, emailVerified: true, validSince: '0' };
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ localId, users: [account] }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`);
    initializeApp({ projectId: PROJECT });
    closeAfterFile(() => new Promise((closed) => server.close(closed)));
  });
}

/**
 * An ID token of the owner, or of somebody else, as the Auth emulator issues it, which nobody signs.
 * @param signedInFor How long ago they signed in, in seconds; the token itself is new.
 */
export function idToken(uid = OWNER.uid, signedInFor = 0): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: uid,
    user_id: uid,
    auth_time: seconds - signedInFor,
    iat: seconds,
    exp: seconds + 3_600,
    email: `${uid}@example.com`,
    email_verified: true,
    firebase: { identities: {}, sign_in_provider: 'google.com' },
  };
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
