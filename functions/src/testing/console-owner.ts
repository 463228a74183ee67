/** Test support: somebody who is signed in to the console, with what tells Firebase's library of their account. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { beforeAll, vi } from 'vitest';
import { closeAfterFile } from './after-file.ts';

const PROJECT = 'demo-test';

/** Whose account is in order. */
export const OWNER = { uid: 'owner', email: 'owner@example.com' };

/** Has Firebase's library know the owner in the tests of a file. Call it at the top of the file. */
export function useConsoleOwner(): void {
  beforeAll(async () => {
    const account = { localId: OWNER.uid, email: OWNER.email, emailVerified: true, validSince: '0' };
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ users: [account] }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`);
    const app = initializeApp({ projectId: PROJECT });
    closeAfterFile(async () => {
      await deleteApp(app);
      await new Promise((closed) => server.close(closed));
    });
  });
}

/** An ID token of the owner as the Auth emulator issues it, which nobody signs. */
export function idToken(): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: `https://securetoken.google.com/${PROJECT}`,
    aud: PROJECT,
    sub: OWNER.uid,
    user_id: OWNER.uid,
    auth_time: seconds,
    iat: seconds,
    exp: seconds + 3_600,
    email: OWNER.email,
    email_verified: true,
    firebase: { identities: {}, sign_in_provider: 'google.com' },
  };
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
