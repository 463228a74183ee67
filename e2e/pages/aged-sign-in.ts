/** Sign-ins that are older than they are: nobody waits in a test until one has become too old. */
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { changeAccount } from '../emulator-accounts.ts';
import { demo } from '../own-stack.ts';

const claimsOf = z.looseObject({ user_id: z.string(), auth_time: z.number() });

/** An ID token of somebody who signed in ten minutes earlier: those of the Auth emulator are not signed. */
export async function agedToken(token: string): Promise<string> {
  const [header, payload = ''] = token.split('.');
  const claims = claimsOf.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  // Firebase refuses sign-ins from before the account was made.
  await changeAccount(demo().authEmulator, claims.user_id, { validSince: '1' });
  const earlier = JSON.stringify({ ...claims, auth_time: claims.auth_time - 600 });
  return `${header}.${Buffer.from(earlier).toString('base64url')}.`;
}

/** Has the API take who is signed in at a page for signed in ten minutes earlier, until they do so again. */
export async function ageSignIn(page: Page): Promise<void> {
  let isOld = true;
  page.on('request', (request) => {
    if (request.url().includes('accounts:signInWithIdp')) isOld = false;
  });
  await page.route('**/api/**', async (route) => {
    const headers = route.request().headers();
    const token = headers.authorization?.replace('Bearer ', '');
    if (!isOld || token === undefined) return route.fallback();
    await route.fallback({ headers: { ...headers, authorization: `Bearer ${await agedToken(token)}` } });
  });
}
