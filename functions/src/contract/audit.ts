/** `/api/audit`: what was asked of a person's connections, and what they did themselves. */
import { z } from 'zod';
import { listOf, time } from './answer-parts.ts';
import { CONNECTION_KINDS } from './connection-kind.ts';
import { SCOPES } from './rules/scope.ts';

/** By which credential a call came; the console's are the owner's own. */
export const CALL_SOURCES = ['api_key', 'oauth', 'console'] as const;
export type CallSource = (typeof CALL_SOURCES)[number];

/** Who did what is recorded: one of those, or the gateway itself, which nobody asked. */
export const RECORD_SOURCES = [...CALL_SOURCES, 'schedule'] as const;

export const CALL_OUTCOMES = ['ok', 'error'] as const;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

const call = z.strictObject({
  id: z.string(),
  at: time,
  /** Empty: about no connection. */
  connectionId: z.string(),
  source: z.enum(RECORD_SOURCES),
  /** Of the key or the grant, as `app` filters by it; the owner's uid for the console. */
  credentialId: z.string(),
  /** The key's label, or the app's name, as it was then. */
  credentialLabel: z.string(),
  clientName: z.string(),
  clientVersion: z.string(),
  tool: z.string(),
  /** JSON, cut off where it was long. */
  arguments: z.string(),
  scope: z.enum(SCOPES),
  /** Where it came from, and what its request is called in the log; null in old records. */
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  outcome: z.enum(CALL_OUTCOMES),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  /** The order that it was about. */
  intentId: z.string().nullable(),
  milliseconds: z.number(),
  /** HTTP requests sent to IBKR for it. */
  upstreamCalls: z.number(),
});
/** One call of a tool by an app or by the owner in the console, or what the owner did there. */
export type Call = z.output<typeof call>;

export const callList = listOf(call).extend({
  /** How far a search for text or a duration looked; null where nothing had to be searched. */
  searched: z.strictObject({ calls: z.number(), since: time.nullable() }).nullable(),
});
export type CallList = z.output<typeof callList>;

/** What was called in a span of time, or of one tool or app; durations in milliseconds, null where nothing was called. */
const use = z.strictObject({
  calls: z.number(),
  errors: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
});
export type Use = z.output<typeof use>;

/** `GET /api/audit/usage`: how much was called over time. */
export const usage = z.strictObject({
  since: time,
  until: time,
  /** How long each slot is, but the last one. */
  slotSeconds: z.number(),
  slots: z.array(use.extend({ at: time })),
  /** Those that were called most. */
  tools: z.array(use.extend({ tool: z.string() })),
  apps: z.array(use.extend({ credentialId: z.string(), label: z.string() })),
  /** Durations are those of so many calls of each slot at most, the latest; `isWhole`: those were all. */
  sampledPerSlot: z.number(),
  isWhole: z.boolean(),
});
export type Usage = z.output<typeof usage>;

const record = call.extend({
  /** `begun`: what came of it is said by another record, which names this one. */
  outcome: z.enum([...CALL_OUTCOMES, 'begun']),
  begunId: z.string().nullable(),
  connectionKind: z.enum(CONNECTION_KINDS).nullable(),
  /** Until when it is kept at least. */
  expireAt: time.nullable(),
  /**
   * Its place in its chain (each connection has one, and each person one for what is about none), the hash of the one
   * before, null in the first, and its own. Null in records of before there were chains.
   */
  sequence: z.number().nullable(),
  previous: z.string().nullable(),
  hash: z.string().nullable(),
});
/** A record as it is kept. */
export type AuditRecord = z.output<typeof record>;

/** Chain by chain, each in its order. */
export const recordList = listOf(record);
export type RecordList = z.output<typeof recordList>;

/** In which ways a connection's records can fail to be what was written; `store/audit-chain/chain-check.ts` explains them. */
export const BREAK_KINDS = [
  'changed',
  'missing',
  'order',
  'end_missing',
  'end_changed',
  'end_lost',
  'replaced',
  'foreign',
  'unverifiable',
] as const;
export type BreakKind = (typeof BREAK_KINDS)[number];

/** Whether the records of a connection are as they were written, and all there. */
export const auditVerification = z.strictObject({
  isIntact: z.boolean(),
  /** From the first record that is kept; false: only the newest ones, of very many. */
  isWhole: z.boolean(),
  /** Those that were verified, and when the oldest and newest were. */
  records: z.number(),
  since: time.nullable(),
  until: time.nullable(),
  /** Where the chain ends: how many records it ever had, and the hash of the last one. */
  sequence: z.number(),
  hash: z.string().nullable(),
  /** Records of before they were chained: nothing proves them. */
  unproven: z.number(),
  /** The first ones of `breakCount`. */
  breaks: z.array(
    z.strictObject({
      kind: z.enum(BREAK_KINDS),
      recordId: z.string().nullable(),
      sequence: z.number().nullable(),
      at: time.nullable(),
    }),
  ),
  breakCount: z.number(),
});
export type AuditVerification = z.output<typeof auditVerification>;

/** What becomes of an app's access without its owner, as the `tool` of its record. */
export type AppEvent = 'app.refresh' | 'app.refresh_again' | 'app.replay' | 'app.end';

/** What an owner can do besides calling a tool, as the `tool` of its record. */
export type OwnerAct =
  | 'sign_in'
  | 'connection.create'
  | 'connection.change'
  | 'connection.delete'
  | 'connection.test'
  | 'key.create'
  | 'key.change'
  | 'key.revoke'
  | 'app.allow'
  | 'app.deny'
  | 'app.change'
  | 'app.revoke'
  | 'channel.create'
  | 'channel.change'
  | 'channel.delete'
  | 'order.approve'
  | 'order.accept_warnings'
  | 'order.reject'
  /** One of those three that was refused before it was read. */
  | 'order.decide'
  | 'panic'
  | 'resume'
  /** Only its refusals: of who is deleted nothing is kept. */
  | 'account.delete';

/** What the schedule does by itself, as the `tool` of its record. */
export type ScheduleAct =
  /** A run of a stop asked IBKR to cancel orders, or found none left. */
  | 'stop.continue'
  /** An order turned up after a stop was over. */
  | 'stop.reopen'
  /** It was found out what became of an order. */
  | 'order.find'
  | 'session.open'
  | 'session.leave'
  | 'key.expire'
  | 'app.expire'
  /** Nothing got through for days, or whoever answers there wants no more of it. */
  | 'channel.disable';
