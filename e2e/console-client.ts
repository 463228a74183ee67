/** The console's API as a signed-in page calls it. */

import { expect } from 'vitest';
import { z } from 'zod';
import { emulatorSignIn } from './emulator-accounts.ts';
import { demo, seenSecrets } from './own-stack.ts';
import { assertTellsNothingEntered, noteSecrets, noteSent } from './seen-secrets.ts';

/** How old a sign-in may get while a slow test goes on: well below what acts that need a fresh one take. */
const RENEWED_AFTER_MS = 60_000;

interface Issued {
  identity: { sub: string; email: string };
  token: string;
  /** In ms since 1970. */
  at: number;
}

/** The latest sign-in of each person, by every token that was issued to them. */
const issued = new Map<string, Issued>();

/** Signs in at the stack's Auth emulator. */
export async function signIn(identity: Issued['identity']): Promise<string> {
  const at = Date.now();
  const token = await emulatorSignIn(demo().authEmulator, identity);
  issued.set(token, { identity, token, at });
  return token;
}

/** Signs in somebody who is known by that name, with an address at example.com. */
export const signInAs = (name: string): Promise<string> =>
  signIn({ sub: name, email: `${name}@example.com` });

/** Signs in who has the stack's demo connection. */
export const signInAsDemoUser = (): Promise<string> => signIn({ sub: 'demo-google-id', email: demo().email });

/**
 * A token of the same person who signed in lately: some acts are refused to others, and a test may be at it for long.
 * @param token What `signIn` answered; whatever else it is stays as it is.
 */
export async function recentToken(token: string): Promise<string> {
  const known = issued.get(token);
  if (known === undefined) return token;
  if (Date.now() - known.at > RENEWED_AFTER_MS) {
    const renewed = await signIn(known.identity);
    issued.set(token, { ...known, token: renewed, at: Date.now() });
  }
  return issued.get(token)?.token ?? token;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** One call; `token` is what `signIn` answered. Who changes something signs in again if that was a while ago. */
export async function api(
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const sent = body === undefined ? null : JSON.stringify(body);
  const bearer = token === null || method === 'GET' ? token : await recentToken(token);
  noteSent(seenSecrets(), `Bearer ${bearer} ${sent}`);
  const answer = await fetch(`${demo().origin}/api${path}`, {
    method,
    headers: {
      ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
      ...(sent === null ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: sent,
  });
  const text = await answer.text();
  noteSecrets(seenSecrets(), text);
  assertTellsNothingEntered(text);
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

export const addedConnection = z.object({
  connection: z.looseObject({ id: z.string() }),
  apiKey: z.string(),
});

/** Adds a connection, which comes with a key. */
export async function addConnection(token: string, fields: object) {
  const answer = await api(token, 'POST', '/connections', fields);
  expect(answer).toMatchObject({ status: 201 });
  return addedConnection.parse(answer.body);
}
