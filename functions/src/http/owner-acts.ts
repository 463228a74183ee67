/** What owners do themselves, in the audit of their connections. */
import type { OwnerAct } from '../contract/audit.ts';
import type { Caller, Concerned, recordCall } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import { record, recordBegun } from './audit-records.ts';
import type { RequestTrace } from './request-trace.ts';

/** Someone signed in at a page of ours. */
export interface Owner extends RequestTrace {
  uid: string;
}

/** A call of a tool by an owner, or an act of theirs: what was done to what, and no secret. */
export type OwnerCall = Omit<Parameters<typeof recordCall>[1], 'caller'>;

/** An act that is about no connection, or not yet. */
export function ofNoConnection(ownerUid: string): Concerned {
  return { id: '', kind: null, ownerUid };
}

/** One act that succeeded. */
export function done(
  connection: OwnerCall['connection'],
  act: OwnerAct,
  args: Record<string, unknown>,
  begunId: string | null = null,
): OwnerCall {
  const outcome = {
    outcome: 'ok',
    errorCode: null,
    errorMessage: null,
    intentId: null,
    upstreamCalls: 0,
  } as const;
  return { at: new Date(), connection, tool: act, args, outcome, begunId };
}

/** Writes down what an owner did. Where that fails it is logged: it undoes nothing. */
export async function recordByOwner(service: AuditStorage, owner: Owner, call: OwnerCall): Promise<void> {
  await record(service, { ...call, caller: callerOf(owner) });
}

/**
 * Writes down what an owner is about to do, where that gives more power.
 * @returns the record's id, for that of its end.
 * @throws {NotRecorded} after which nothing may be done.
 */
export function beginByOwner(
  service: AuditStorage,
  owner: Owner,
  connection: Concerned,
  act: OwnerAct,
  args: Record<string, unknown>,
): Promise<string> {
  return recordBegun(service, { at: new Date(), connection, tool: act, args, caller: callerOf(owner) });
}

function callerOf({ uid, address, requestId }: Owner): Caller {
  return {
    source: 'console',
    credentialId: uid,
    credentialLabel: 'Console',
    clientName: 'console',
    clientVersion: '',
    scope: 'write',
    address,
    requestId,
  };
}
