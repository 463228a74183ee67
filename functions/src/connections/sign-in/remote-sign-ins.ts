/** Signing in to IBKR by the function `signIn`, for those that have no keys to passwords. */

import { z } from 'zod';
import { SIGN_IN_MS } from '../../broker/sign-in/attempts.ts';
import { GatewayError } from '../../errors.ts';
import { sealed } from '../../store/database/stored-fields.ts';
import type { Vault } from '../../store/vault/vault.ts';
import { errorOf, readAnswer, type SignInCall, writeCall } from './messages.ts';
import type { SignInService } from './sign-in-service.ts';

const session = z.object({ token: z.base64(), expiresAt: z.number() });

/** @param headers What lets a call through to the function, such as an identity token. */
export function remoteSignIns(
  vault: Vault,
  url: string,
  headers: () => Promise<Record<string, string>>,
): SignInService {
  const ask = async (call: SignInCall) => {
    const { id, body } = writeCall(vault, call, Date.now());
    const answer = readAnswer(vault, id, await post(url, await headers(), body));
    if ('failure' in answer) throw errorOf(answer.failure);
    return answer.result;
  };
  return {
    seal: async (place, value) =>
      sealed.parse(await ask({ ask: 'seal', place, value: Buffer.from(value).toString('base64') })),
    async signIn(request) {
      const { token, expiresAt } = session.parse(await ask({ ask: 'sign_in', ...request }));
      return { token: Buffer.from(token, 'base64'), expiresAt };
    },
    async letTryAgain(connectionId) {
      await ask({ ask: 'let_try_again', connectionId });
    },
  };
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(SIGN_IN_MS),
    });
    if (answer.ok) return await answer.text();
  } catch (cause) {
    throw notReached('could not be reached', cause);
  }
  throw notReached(`answered ${answer.status}`);
}

function notReached(why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'internal_error',
    'The part of this service that signs in to IBKR cannot be reached.',
    'Try again in a minute. If it fails again, tell the operator.',
    { cause: new Error(`The function signIn ${why}.`, { cause }) },
  );
}
