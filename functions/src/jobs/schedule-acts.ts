/** What the schedule does by itself, in the audit of the connection: what changes something, not that it looked. */
import type { ScheduleAct } from '../contract/audit.ts';
import { record } from '../http/audit-records.ts';
import type { Concerned } from '../store/audit.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';

/** An act of the schedule, and what it was done to. */
export interface Scheduled {
  at: Date;
  connection: Concerned;
  act: ScheduleAct;
  args?: Record<string, unknown>;
  /** Why, in words for the owner. */
  why?: string;
  /** The order that it is about. */
  intentId?: string;
}

/** Writes down what the schedule did. Where that fails it is logged: what was done is done. */
export function recordBySchedule(
  storage: AuditStorage,
  { at, connection, act, args = {}, why, intentId }: Scheduled,
): Promise<void> {
  return record(storage, {
    at,
    caller: {
      source: 'schedule',
      credentialId: 'schedule',
      credentialLabel: 'Schedule',
      clientName: 'schedule',
      clientVersion: '',
      scope: 'write',
      address: null,
      requestId: null,
    },
    connection,
    tool: act,
    args,
    outcome: {
      outcome: 'ok',
      errorCode: null,
      errorMessage: why ?? null,
      intentId: intentId ?? null,
      upstreamCalls: 0,
    },
  });
}
