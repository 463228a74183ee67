import { z } from 'zod';
import { RECORD_SOURCES } from '../contract/audit.ts';
import { CONNECTION_KINDS } from '../contract/connection-kind.ts';
import type { ConsoleErrorCode } from '../contract/failure.ts';
import { SCOPES } from '../contract/rules/scope.ts';
import type { ErrorCode } from '../errors.ts';
import { escapedText } from '../text/outside-text.ts';
import { textToKeep } from '../text/redaction.ts';
import { type AuditStorage, DEFAULT_AUDIT_DAYS } from './audit-chain/audit-keys.ts';
import { type Appended, appendToChain } from './audit-chain/chain-writer.ts';
import type { Connection } from './connections.ts';
import { time } from './database/stored-fields.ts';

const DAY_MS = 86_400_000;
const MOST_ARGUMENT_CHARACTERS = 1_000;
/** Of what an owner did: what they changed is to be seen whole, before and after. */
const MOST_ACT_CHARACTERS = 20_000;
const MOST_MESSAGE_CHARACTERS = 2_000;
const MOST_NAME_CHARACTERS = 100;

/** One tool call, or one thing that an owner or the schedule did, as kept in `audit/{id}`. Holds no results, no secrets and no account number. */
export const storedCall = z.object({
  at: time,
  /** The console's are the owner's own, and only those that change something are kept; so with the schedule's. */
  source: z.enum(RECORD_SOURCES),
  /** Of the key or the grant; the owner's uid for the console, `schedule` for the schedule. */
  credentialId: z.string(),
  /** The key's label, or the name of the app, as it was then. */
  credentialLabel: z.string(),
  clientName: z.string(),
  clientVersion: z.string(),
  /** What the credential allowed. */
  scope: z.enum(SCOPES),
  /** Where the call came from, and what its request is called in the log; null in records of before these were kept. */
  address: z.string().nullable().default(null),
  requestId: z.string().nullable().default(null),
  /** Empty: about no connection. */
  connectionId: z.string(),
  connectionKind: z.enum(CONNECTION_KINDS).nullable(),
  /** As asked for, so it may name no tool; what an owner did is named by `OwnerAct`, what the schedule did by `ScheduleAct`. */
  tool: z.string(),
  /** As sent, in JSON, and cut off where it is long. */
  arguments: z.string(),
  /** `begun`: what came of it is said by another record, unless that could not be written. */
  outcome: z.enum(['ok', 'error', 'begun']),
  /** Of the record that said that it was begun. */
  begunId: z.string().nullable().default(null),
  /** An `ErrorCode` of then. */
  errorCode: z.string().nullable(),
  /** What the caller was told. */
  errorMessage: z.string().nullable(),
  /** The order the call was about, `orderIntents/{id}`, whose record tells its life. */
  intentId: z.string().nullable(),
  milliseconds: z.number(),
  /** HTTP requests sent to IBKR for this call. */
  upstreamCalls: z.number(),
});
export type StoredCall = z.output<typeof storedCall>;

/** Who calls, by which program and from where. */
export type Caller = Pick<
  StoredCall,
  'source' | 'credentialId' | 'credentialLabel' | 'clientName' | 'clientVersion' | 'scope'
> & { address: string | null; requestId: string | null };

/** A connection that something is about, or whose affair it is where it is about none. */
export type Concerned =
  | Pick<Connection, 'id' | 'kind' | 'ownerUid'>
  | { id: ''; kind: null; ownerUid: string };

/** What a call came to. */
export type CallOutcome = Pick<StoredCall, 'outcome' | 'errorMessage' | 'intentId' | 'upstreamCalls'> & {
  errorCode: ErrorCode | ConsoleErrorCode | null;
};

/** Of a call that is about to be made. */
export const BEGUN: CallOutcome = {
  outcome: 'begun',
  errorCode: null,
  errorMessage: null,
  intentId: null,
  upstreamCalls: 0,
};

/**
 * Writes the record of a call, at its end or before it, at the end of the connection's chain.
 * @throws {Error} when it was not written, or is not known to have been.
 */
export async function recordCall(
  storage: AuditStorage,
  call: {
    at: Date;
    caller: Caller;
    connection: Concerned;
    tool: string;
    args: unknown;
    outcome: CallOutcome;
    /** Of the record that said that it was begun. */
    begunId?: string | null | undefined;
  },
): Promise<Appended> {
  const { at, caller, connection, outcome } = call;
  const isAct = caller.source === 'console' || caller.source === 'schedule';
  const fields: Omit<StoredCall, 'connectionId'> = {
    at,
    ...caller,
    credentialLabel: textToKeep(caller.credentialLabel, MOST_NAME_CHARACTERS),
    clientName: textToKeep(caller.clientName, MOST_NAME_CHARACTERS),
    clientVersion: textToKeep(caller.clientVersion, MOST_NAME_CHARACTERS),
    connectionKind: connection.kind,
    tool: textToKeep(escapedText(call.tool), MOST_NAME_CHARACTERS),
    arguments: argumentsText(call.args, isAct ? MOST_ACT_CHARACTERS : MOST_ARGUMENT_CHARACTERS),
    ...outcome,
    begunId: call.begunId ?? null,
    errorMessage:
      outcome.errorMessage === null ? null : textToKeep(outcome.errorMessage, MOST_MESSAGE_CHARACTERS),
    milliseconds: Date.now() - at.getTime(),
  };
  const of = { ownerUid: connection.ownerUid, connectionId: connection.id };
  const days = storage.auditDays ?? DEFAULT_AUDIT_DAYS;
  return appendToChain(storage, of, { fields, expireAt: new Date(at.getTime() + days * DAY_MS) });
}

function argumentsText(args: unknown, mostCharacters: number): string {
  try {
    return textToKeep(escapedText(JSON.stringify(args ?? {})), mostCharacters);
  } catch {
    // Nested deeper than the stack is.
    return '(unreadable)';
  }
}
