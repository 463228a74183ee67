/** Google accounts, as the Auth emulator has them. */
import { z } from 'zod';
import { PROJECT_ID } from '../local/src/emulators.ts';

const API = 'identitytoolkit.googleapis.com/v1';

/**
 * Signs in at the Auth emulator with a Google identity of one's own making, as the emulator allows.
 * @param authEmulator `host:port`.
 * @returns An ID token, as a signed-in page sends it.
 */
export async function emulatorSignIn(
  authEmulator: string,
  identity: { sub: string; email: string },
): Promise<string> {
  const idToken = JSON.stringify({ ...identity, email_verified: true });
  const url = `http://${authEmulator}/${API}/accounts:signInWithIdp?key=any`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      requestUri: 'http://localhost',
      postBody: new URLSearchParams({ id_token: idToken, providerId: 'google.com' }).toString(),
      returnSecureToken: true,
    }),
  });
  return z.object({ idToken: z.string() }).parse(await answer.json()).idToken;
}

/** Changes an account as an operator does: `{ disableUser: true }`. */
export async function changeAccount(authEmulator: string, localId: string, fields: object): Promise<void> {
  const answer = await fetch(`http://${authEmulator}/${API}/projects/${PROJECT_ID}/accounts:update`, {
    method: 'POST',
    headers: { Authorization: 'Bearer owner', 'Content-Type': 'application/json' },
    body: JSON.stringify({ localId, ...fields }),
  });
  if (!answer.ok) throw new Error(`The Auth emulator answered ${answer.status}.`);
}
