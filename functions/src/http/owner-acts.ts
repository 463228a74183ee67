/** What owners do themselves, in the audit of their connections. */
import type { OwnerAct } from '../contract/audit.ts';
import type { Caller, recordCall } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import { record } from './audit-records.ts';
import type { RequestTrace } from './request-trace.ts';

/** Someone signed in at a page of ours. */
export interface Owner extends RequestTrace {
  uid: string;
}

/** A call of a tool by an owner, or an act of theirs: what was done to what, and no secret. */
export type OwnerCall = Omit<Parameters<typeof recordCall>[1], 'caller'>;

/** One act that succeeded. */
export function done(
  connection: OwnerCall['connection'],
  act: OwnerAct,
  args: Record<string, unknown>,
): OwnerCall {
  const outcome = {
    outcome: 'ok',
    errorCode: null,
    errorMessage: null,
    intentId: null,
    upstreamCalls: 0,
  } as const;
  return { at: new Date(), connection, tool: act, args, outcome };
}

/** Writes down what an owner did. Where that fails it is logged: it undoes nothing. */
export async function recordByOwner(
  service: AuditStorage,
  { uid, address, requestId }: Owner,
  call: OwnerCall,
): Promise<void> {
  const caller: Caller = {
    source: 'console',
    credentialId: uid,
    credentialLabel: 'Console',
    clientName: 'console',
    clientVersion: '',
    scope: 'write',
    address,
    requestId,
  };
  await record(service, { ...call, caller });
}
