/** Test support: somebody who is signed in to the console, with what tells Firebase's library of their account. */
import type { AddressInfo } from 'node:net';
import { initializeApp } from 'firebase-admin/app';
import { beforeAll, vi } from 'vitest';
import { closeAfterFile } from '../after-file.ts';
import { accountServer, idTokenOf, PROJECT } from './id-token.ts';

/** Whose account is in order, as that of everybody is. */
export const OWNER = { uid: 'owner', email: 'owner@example.com' };

/** Has Firebase's library know people in the tests of a file. Call it at the top of the file. */
export function useConsoleOwner(): void {
  beforeAll(async () => {
    const server = accountServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`);
    initializeApp({ projectId: PROJECT });
    closeAfterFile(() => new Promise((closed) => server.close(closed)));
  });
}

/** An ID token of the owner, or of somebody else, as `idTokenOf` makes it. */
export function idToken(uid = OWNER.uid, signedInFor = 0): string {
  return idTokenOf(uid, signedInFor);
}
