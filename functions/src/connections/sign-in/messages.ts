/**
 * What the other functions and `signIn` say to each other, sealed by the vault's ring: it proves that one of them says it,
 * and lets nothing in between read a password that is being entered. Asked only for a moment, and answered for one call.
 */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BrokerError, type Problem } from '../../broker/errors.ts';
import { ownersAct } from '../../broker/sign-in/second-factor.ts';
import { ACCOUNT_MODES } from '../../contract/connection-kind.ts';
import { ERRORS, type ErrorCode, GatewayError } from '../../errors.ts';
import { sealed } from '../../store/database/stored-fields.ts';
import type { Vault } from '../../store/vault/vault.ts';

/** Clocks of the functions differ, and a call may have to wait for an instance. */
const CALL_MS = 60_000;

const CALL_PLACE = 'call of signIn';
const answerPlace = (id: string) => `answer of signIn to ${id}`;

const callBody = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('seal'), place: z.string(), value: z.base64() }),
  z.object({
    ask: z.literal('sign_in'),
    connectionId: z.string(),
    mode: z.enum(ACCOUNT_MODES),
    act: ownersAct.optional(),
  }),
  z.object({ ask: z.literal('let_try_again'), connectionId: z.string() }),
]);
export type SignInCall = z.output<typeof callBody>;

const sealedCall = z.object({ id: z.string(), at: z.number(), call: callBody });

const failure = z.discriminatedUnion('of', [
  z.object({
    of: z.literal('broker'),
    problem: z.custom<Problem>(),
    status: z.number().nullable(),
    endpoint: z.string().nullable(),
    reason: z.string().nullable(),
    maybeApplied: z.boolean(),
    retryAfter: z.number().optional(),
  }),
  z.object({
    of: z.literal('gateway'),
    code: z.custom<ErrorCode>((code) => typeof code === 'string' && code in ERRORS),
    message: z.string(),
    hint: z.string(),
  }),
]);

const answerBody = z.union([z.object({ result: z.json() }), z.object({ failure })]);
export type SignInAnswer = z.output<typeof answerBody>;

/** @returns what is sent, and what its answer is opened by. */
export function writeCall(vault: Vault, call: SignInCall, now: number): { id: string; body: string } {
  const id = randomUUID();
  return { id, body: sealMessage(vault, CALL_PLACE, { id, at: now, call }) };
}

/** @returns null for what no function of this deployment says now. */
export function readCall(vault: Vault, body: string, now: number): { id: string; call: SignInCall } | null {
  try {
    const { id, at, call } = sealedCall.parse(openMessage(vault, CALL_PLACE, body));
    return Math.abs(now - at) > CALL_MS ? null : { id, call };
  } catch {
    return null;
  }
}

export function writeAnswer(vault: Vault, id: string, answer: SignInAnswer): string {
  return sealMessage(vault, answerPlace(id), answer);
}

/** @throws {Error} for what is no answer to that call. */
export function readAnswer(vault: Vault, id: string, body: string): SignInAnswer {
  return answerBody.parse(openMessage(vault, answerPlace(id), body));
}

/** @throws what is not to be told of. */
export function failureOf(error: unknown): z.output<typeof failure> {
  if (error instanceof BrokerError) {
    const { problem, status, endpoint, reason, maybeApplied, retryAfter } = error;
    return { of: 'broker', problem, status, endpoint, reason, maybeApplied, retryAfter };
  }
  if (error instanceof GatewayError) {
    const { code, message, hint } = error;
    return { of: 'gateway', code, message, hint };
  }
  throw error;
}

export function errorOf(failed: z.output<typeof failure>): BrokerError | GatewayError {
  if (failed.of === 'broker') return new BrokerError(failed.problem, failed);
  return new GatewayError(failed.code, failed.message, failed.hint);
}

function sealMessage(vault: Vault, place: string, value: unknown): string {
  return JSON.stringify(vault.seal(place, Buffer.from(JSON.stringify(value))));
}

function openMessage(vault: Vault, place: string, body: string): unknown {
  const bytes = vault.open(place, sealed.parse(JSON.parse(body)));
  return JSON.parse(Buffer.from(bytes).toString());
}
