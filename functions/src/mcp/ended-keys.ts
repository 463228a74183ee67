/** Keys that are used after their end, in the audit of their owner: whoever uses one may have stolen it. */

import { record } from '../http/audit-records.ts';
import * as logger from '../http/logging/logger.ts';
import { RecordRate } from '../http/record-rate.ts';
import type { RequestTrace } from '../http/requests/request-trace.ts';
import { noConnection } from '../http/users/owner-acts.ts';
import type { Service } from '../service.ts';
import { findConnection } from '../store/connections.ts';
import { hashApiKey, isApiKeyShaped } from '../store/credentials/api-key-format.ts';
import { type ApiKey, findApiKey } from '../store/credentials/api-keys.ts';
import { withDeadline } from '../store/database/in-time.ts';
import { perDatabase } from '../store/database/per-database.ts';
import { bearerToken } from './principal.ts';
import { readRequested } from './tool-calls.ts';

/** Nobody can have more than one record of a key written in so long, by one instance; the next one says how many came. */
const RECORDED_EVERY_MS = 10 * 60_000;
const rateOf = perDatabase(() => new RecordRate(1, RECORDED_EVERY_MS));

/** Records the use of a key that was revoked or has expired; of a key that nobody knows there is no owner to tell. */
export async function auditEndedKey(
  service: Service,
  request: Request,
  trace: RequestTrace,
  body: unknown,
): Promise<void> {
  const token = bearerToken(request.headers.get('authorization') ?? '');
  if (token === undefined || !isApiKeyShaped(token)) return;
  try {
    const key = await withDeadline(findApiKey(service.db, hashApiKey(token)));
    if (key !== null) await auditUse(service, key, trace, body, request.headers.get('user-agent') ?? '');
  } catch (error) {
    logger.log('refused_key_unknown', error);
  }
}

async function auditUse(
  service: Service,
  key: ApiKey,
  trace: RequestTrace,
  body: unknown,
  userAgent: string,
): Promise<void> {
  const unrecorded = rateOf(service.db).count(key.id);
  if (unrecorded === null) return;
  const connection = await findConnection(service.db, key.ownerUid, key.connectionId);
  const { name, args } = readRequested(body);
  const times = unrecorded === 0 ? '' : ` So were ${unrecorded} before.`;
  const why = key.revokedAt === null ? 'has expired' : 'was revoked';
  await record(service, {
    at: new Date(),
    caller: {
      source: 'api_key',
      credentialId: key.id,
      credentialLabel: key.label,
      clientName: userAgent,
      clientVersion: '',
      scope: key.scope,
      ...trace,
    },
    connection: connection ?? noConnection(key.ownerUid),
    tool: name,
    args,
    outcome: {
      outcome: 'error',
      errorCode: null,
      errorMessage: `Refused: the key ${why}.${times}`,
      intentId: null,
      upstreamCalls: 0,
    },
  });
}
