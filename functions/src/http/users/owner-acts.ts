/** What owners do themselves, in the audit of their connections. */
import type { OwnerAct } from '../../contract/audit.ts';
import type { Caller, Concerned, recordCall } from '../../store/audit.ts';
import type { AuditStorage } from '../../store/audit-chain/audit-keys.ts';
import { perDatabase } from '../../store/database/per-database.ts';
import { record, recordBegun } from '../audit-records.ts';
import { RecordRate } from '../record-rate.ts';
import type { RequestTrace } from '../requests/request-trace.ts';

/** Someone signed in at a page of ours. */
export interface Owner extends RequestTrace {
  uid: string;
}

/** A call of a tool by an owner, or an act of theirs: what was done to what, and no secret. */
export type OwnerCall = Omit<Parameters<typeof recordCall>[1], 'caller'>;

/** An act that is about no connection, or not yet. */
export function noConnection(ownerUid: string): Concerned {
  return { id: '', kind: null, ownerUid };
}

/** One act that succeeded. */
export function recordOfAct(
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

/** Whoever works by hand is not refused so often. */
const REFUSALS_PER_MINUTE = 10;
const refusalsOf = perDatabase(() => new RecordRate(REFUSALS_PER_MINUTE, 60_000));

/** Something that an owner asked for and that was not begun. */
export interface Refusal extends Omit<OwnerCall, 'outcome' | 'begunId'> {
  errorCode: OwnerCall['outcome']['errorCode'];
  errorMessage: string | null;
  intentId?: string | null | undefined;
}

/**
 * Writes down what an owner was refused, in their own records. Of a flood only the first in a minute are; the next one
 * says how many others there were.
 */
export async function recordRefusal(
  service: AuditStorage,
  owner: Owner,
  { errorCode, errorMessage, intentId = null, ...asked }: Refusal,
): Promise<void> {
  const unrecorded = refusalsOf(service.db).count(owner.uid);
  if (unrecorded === null) return;
  const others = unrecorded === 0 ? null : `${unrecorded} more were refused before, and are not recorded.`;
  const told = [errorMessage, others].filter((words) => words !== null).join(' ');
  await recordByOwner(service, owner, {
    ...asked,
    outcome: { outcome: 'error', errorCode, errorMessage: told || null, intentId, upstreamCalls: 0 },
  });
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
