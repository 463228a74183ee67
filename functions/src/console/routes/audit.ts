/** `GET /api/audit?connectionId=&outcome=&tool=&app=&cursor=&limit=`: what was asked of a person's connections, newest first. */

import { Hono } from 'hono';
import { z } from 'zod';
import { CALL_OUTCOMES, type Call, type CallList } from '../../contract/audit.ts';
import { recordId } from '../../record-id.ts';
import { type ListedCall, listCalls } from '../../store/audit.ts';
import { ApiError } from '../api-error.ts';
import type { ConsoleEnv } from '../environment.ts';
import { queryParameters } from '../request-query.ts';

const query = z.object({
  connectionId: recordId.optional(),
  outcome: z.enum(CALL_OUTCOMES).optional(),
  tool: z.string().min(1).max(100).optional(),
  /** The id of a key or a grant. */
  app: recordId.optional(),
  cursor: z.string().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});

export const auditRoutes = new Hono<ConsoleEnv>().get('/audit', async (context) => {
  const { app: credentialId, ...filter } = queryParameters(context, query);
  const page = await listCalls(context.env.db, context.get('user').uid, { ...filter, credentialId });
  if (page === null) throw new ApiError(400, 'invalid_query', 'The cursor names no record.');
  return context.json({
    items: page.items.map(callAnswer),
    nextCursor: page.nextCursor,
  } satisfies CallList);
});

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
