/**
 * `GET /api/audit?connectionId=&outcome=&tool=&app=&order=&since=&until=&text=&slowerThan=&cursor=&limit=`: what was asked of a
 * person's connections, newest first.
 * `GET /api/audit/usage?connectionId=&tool=&app=&since=&until=`: how much that was over time.
 * `GET /api/audit/records?connectionId=&cursor=&limit=`: the records themselves, of all connections or one, in the order of
 * their chains.
 * `GET /api/connections/:id/audit/verify`: whether the records of one are as they were written, and all there.
 */

import { Hono } from 'hono';
import { z } from 'zod';
import {
  type AuditRecord as AuditRecordAnswer,
  type AuditVerification,
  CALL_OUTCOMES,
  type Call,
  type CallList,
  type RecordList,
  type Usage,
  type Use,
} from '../../contract/audit.ts';
import { LONGEST_DURATION_MS, LONGEST_SEARCH, LONGEST_TOOL_NAME } from '../../contract/search-bounds.ts';
import { CallRate } from '../../http/call-rate.ts';
import { type ListedCall, listCalls } from '../../store/activity/listed-calls.ts';
import { readUsage, type Usage as UsageOfCalls } from '../../store/activity/usage.ts';
import type { ChainReport } from '../../store/audit-chain/chain-check.ts';
import { verifyChain } from '../../store/audit-chain/verify-chain.ts';
import { type AuditRecord, listRecords } from '../../store/audit-records.ts';
import { perDatabase } from '../../store/database/per-database.ts';
import { recordId } from '../../text/record-id.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { moment } from '../requests/moment.ts';
import { queryParameters } from '../requests/request-query.ts';
import { ownConnection } from './connections.ts';

const usageQuery = z.object({
  connectionId: recordId.optional(),
  tool: z.string().min(1).max(LONGEST_TOOL_NAME).optional(),
  /** The id of a key or a grant. */
  app: recordId.optional(),
  since: moment.optional(),
  until: moment.optional(),
});

const query = usageQuery.extend({
  outcome: z.enum(CALL_OUTCOMES).optional(),
  /** The id of an order that calls were about. */
  order: recordId.optional(),
  /** Words, all of which the call, its caller or its answer has. */
  text: z.string().max(LONGEST_SEARCH).optional(),
  /** In ms. */
  slowerThan: z.coerce.number().int().min(0).max(LONGEST_DURATION_MS).optional(),
  cursor: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

const recordsQuery = z.object({
  connectionId: recordId.optional(),
  cursor: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(500),
});

/** Each reads all records of a connection, up to so many. */
const VERIFICATIONS_PER_MINUTE = 6;
const MOST_VERIFIED = 20_000;
const verificationsOf = perDatabase(() => new CallRate(VERIFICATIONS_PER_MINUTE));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of how long time usage is told in one figure: the first of these that makes few enough. */
const SLOTS_MS = [1 / 60, 1 / 30, 1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 3, 6, 12, 24, 48, 168].map(
  (hours) => hours * HOUR_MS,
);
const MOST_SLOTS = 32;

export const auditRoutes = new Hono<ConsoleEnv>()
  .get('/audit', async (context) => {
    const { app: credentialId, order: intentId, ...asked } = queryParameters(context, query);
    const filter = { ...asked, credentialId, intentId };
    const page = await listCalls(context.env.db, context.get('user').uid, filter);
    if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
    return context.json({
      items: page.items.map(callAnswer),
      nextCursor: page.nextCursor,
      searched: page.searched && { calls: page.searched.calls, since: page.searched.since },
    } satisfies CallList);
  })
  .get('/audit/usage', async (context) => {
    const { app: credentialId, ...asked } = queryParameters(context, usageQuery);
    const { until = new Date(), since = new Date(until.getTime() - DAY_MS) } = asked;
    const span = until.getTime() - since.getTime();
    if (span <= 0) throw new ApiError(400, 'invalid_query', 'since: it has to be before until.');
    const slotMs = SLOTS_MS.find((ms) => span <= MOST_SLOTS * ms) ?? Math.ceil(span / MOST_SLOTS);
    const filter = { ...asked, credentialId, since, until };
    const found = await readUsage(context.env.db, context.get('user').uid, filter, slotMs);
    return context.json(usageAnswer(found, { since, until, slotMs }));
  })
  .get('/audit/records', async (context) => {
    const filter = queryParameters(context, recordsQuery);
    const page = await listRecords(context.env.db, context.get('user').uid, filter);
    if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
    return context.json({
      items: page.items.map(recordAnswer),
      nextCursor: page.nextCursor,
    } satisfies RecordList);
  })
  .get('/connections/:id/audit/verify', async (context) => {
    const { id: connectionId, ownerUid } = await ownConnection(context);
    const wait = await verificationsOf(context.env.db).count(ownerUid);
    if (wait !== null) {
      const message = `The activity was verified too often. Try again in ${wait} s.`;
      throw new ApiError(429, 'too_many_requests', message, { retryAfter: wait });
    }
    const report = await verifyChain(context.env, { ownerUid, connectionId }, { newest: MOST_VERIFIED });
    return context.json(verificationAnswer(report));
  });

function usageAnswer(
  { slots, tools, apps, sampledPerSlot, isWhole }: UsageOfCalls,
  { since, until, slotMs }: { since: Date; until: Date; slotMs: number },
): Usage {
  const useAnswer = ({ calls, errors, p50, p95 }: Use): Use => ({ calls, errors, p50, p95 });
  return {
    since: since.toISOString(),
    until: until.toISOString(),
    slotSeconds: slotMs / 1000,
    slots: slots.map((slot) => ({ ...useAnswer(slot), at: slot.at.toISOString() })),
    tools: tools.map((each) => ({ ...useAnswer(each), tool: each.tool })),
    apps: apps.map((each) => ({ ...useAnswer(each), credentialId: each.credentialId, label: each.label })),
    sampledPerSlot,
    isWhole,
  };
}

function verificationAnswer(report: ChainReport): AuditVerification {
  return {
    isIntact: report.isIntact,
    isWhole: report.isWhole,
    records: report.records,
    since: report.since?.toISOString() ?? null,
    until: report.until?.toISOString() ?? null,
    sequence: report.sequence,
    hash: report.hash,
    unproven: report.unproven,
    breaks: report.breaks.map(({ kind, recordId: id, sequence, at }) => ({
      kind,
      recordId: id,
      sequence,
      at: at?.toISOString() ?? null,
    })),
    breakCount: report.breakCount,
  };
}

function recordAnswer({
  at,
  outcome,
  begunId,
  connectionKind,
  place,
  ...call
}: AuditRecord): AuditRecordAnswer {
  return {
    ...callAnswer({ ...call, at: at.toISOString(), outcome: 'ok', begunId, connectionKind }),
    outcome,
    begunId,
    connectionKind,
    expireAt: place?.expireAt.toISOString() ?? null,
    sequence: place?.sequence ?? null,
    previous: place?.previous ?? null,
    hash: place?.hash ?? null,
  };
}

function callAnswer(call: ListedCall): Call {
  return {
    source: call.source,
    credentialId: call.credentialId,
    credentialLabel: call.credentialLabel,
    clientName: call.clientName,
    clientVersion: call.clientVersion,
    scope: call.scope,
    address: call.address,
    requestId: call.requestId,
    connectionId: call.connectionId,
    tool: call.tool,
    arguments: call.arguments,
    outcome: call.outcome,
    errorCode: call.errorCode,
    errorMessage: call.errorMessage,
    intentId: call.intentId,
    milliseconds: call.milliseconds,
    upstreamCalls: call.upstreamCalls,
    id: call.id,
    at: call.at,
  };
}
