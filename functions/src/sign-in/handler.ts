/** `signIn`: signs in to IBKR for the other functions, and is the only one that opens passwords. */

import {
  failureOf,
  readCall,
  type SignInAnswer,
  type SignInCall,
  writeAnswer,
} from '../connections/sign-in/messages.ts';
import { ownSignIns } from '../connections/sign-in/own-sign-ins.ts';
import type { SignInService } from '../connections/sign-in/sign-in-service.ts';
import * as logger from '../http/logging/logger.ts';
import { openVault, type Service } from '../service.ts';
import type { Vault } from '../store/vault/vault.ts';

let keys: Promise<Vault> | undefined;

/** Answers one call of another function; whoever else calls gets 403. */
export async function handleSignIn(request: Request, service: Service): Promise<Response> {
  const { db, vault, signInKeys, localMode } = service;
  const asked = request.method === 'POST' ? readCall(vault, await request.text(), Date.now()) : null;
  if (asked === null) {
    logger.log('sign_in_refused');
    return new Response(null, { status: 403 });
  }
  if (signInKeys !== undefined) keys ??= openVault(signInKeys);
  keys?.catch(() => {
    keys = undefined;
  });
  const own = ownSignIns({ db, vault, signInVault: await keys }, { localMode });
  const answer = await answerCall(own, asked.call);
  return new Response(writeAnswer(vault, asked.id, answer), {
    headers: { 'Content-Type': 'application/json' },
  });
}

async function answerCall(own: SignInService, call: SignInCall): Promise<SignInAnswer> {
  try {
    return { result: await carryOut(own, call) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

async function carryOut(own: SignInService, call: SignInCall) {
  switch (call.ask) {
    case 'seal':
      return own.seal(call.place, Buffer.from(call.value, 'base64'));
    case 'sign_in': {
      const { token, expiresAt } = await own.signIn(call);
      return { token: Buffer.from(token).toString('base64'), expiresAt };
    }
    case 'let_try_again':
      await own.letTryAgain(call.connectionId);
      return null;
  }
}
