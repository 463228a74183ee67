/**
 * `GET /api/audit?connectionId=&outcome=&tool=&app=&cursor=&limit=`: what was asked of a person's connections, newest first.
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
} from '../../contract/audit.ts';
import { CallRate } from '../../http/call-rate.ts';
import { type ListedCall, listCalls } from '../../store/audit.ts';
import type { ChainReport } from '../../store/audit-chain/chain-check.ts';
import { verifyChain } from '../../store/audit-chain/verify-chain.ts';
import { type AuditRecord, listRecords } from '../../store/audit-records.ts';
import { perDatabase } from '../../store/database/per-database.ts';
import { recordId } from '../../text/record-id.ts';
import { ApiError } from '../requests/api-error.ts';
import type { ConsoleEnv } from '../requests/environment.ts';
import { queryParameters } from '../requests/request-query.ts';
import { ownConnection } from './connections.ts';

const query = z.object({
  connectionId: recordId.optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  tool: z.string().min(1).max(100).optional(),
  /** The id of a key or a grant. */
  app: recordId.optional(),
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

export const auditRoutes = new Hono<ConsoleEnv>()
  .get('/audit', async (context) => {
    const { app: credentialId, ...filter } = queryParameters(context, query);
    const page = await listCalls(context.env.db, context.get('user').uid, { ...filter, credentialId });
    if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
    return context.json({
      items: page.items.map(callAnswer),
      nextCursor: page.nextCursor,
    } satisfies CallList);
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
      const message = `The activity was verified often enough. Go on in ${wait} s.`;
      throw new ApiError(429, 'too_many_requests', message, { retryAfter: wait });
    }
    const report = await verifyChain(context.env, { ownerUid, connectionId }, { newest: MOST_VERIFIED });
    return context.json(verificationAnswer(report));
  });

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
