/** The console's API as a signed-in page calls it. */
import { inject } from 'vitest';
import { z } from 'zod';
import { noteSecrets } from './seen-secrets.ts';

/** Signs in at the Auth emulator with a Google identity of its own making, as the emulator allows. */
export async function signIn(identity: { sub: string; email: string }): Promise<string> {
  const idToken = JSON.stringify({ ...identity, email_verified: true });
  const answer = await fetch(
    `http://${inject('demo').authEmulator}/identitytoolkit.googleapis.com/v1/accounts:signInWithIdp?key=any`,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        requestUri: inject('demo').origin,
        postBody: new URLSearchParams({ id_token: idToken, providerId: 'google.com' }).toString(),
        returnSecureToken: true,
      }),
    },
  );
  return z.object({ idToken: z.string() }).parse(await answer.json()).idToken;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** One call; `token` is what `signIn` answered. */
export async function api(
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const answer = await fetch(`${inject('demo').origin}/api${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  noteSecrets(inject('seenSecrets'), text);
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}
