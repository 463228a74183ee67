/** The console's API as a signed-in page calls it. */

import { emulatorSignIn } from './emulator-accounts.ts';
import { demo, seenSecrets } from './own-stack.ts';
import { noteSecrets } from './seen-secrets.ts';

/** Signs in at the stack's Auth emulator. */
export function signIn(identity: { sub: string; email: string }): Promise<string> {
  return emulatorSignIn(demo().authEmulator, identity);
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
  const sent = body === undefined ? null : JSON.stringify(body);
  noteSecrets(seenSecrets(), `Bearer ${token} ${sent}`);
  const answer = await fetch(`${demo().origin}/api${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(sent === null ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: sent,
  });
  const text = await answer.text();
  noteSecrets(seenSecrets(), text);
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}
