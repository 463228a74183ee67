/** What becomes of an app's tokens, in the audit of its connection. */

import type { AppEvent } from '../../contract/audit.ts';
import { record } from '../../http/audit-records.ts';
import * as logger from '../../http/logging/logger.ts';
import { noConnection } from '../../http/users/owner-acts.ts';
import type { CallOutcome } from '../../store/audit.ts';
import type { AuditStorage } from '../../store/audit-chain/audit-keys.ts';
import { findConnection } from '../../store/connections.ts';
import { findGrant } from '../../store/credentials/grants.ts';
import { withDeadline } from '../../store/database/in-time.ts';

const WELL: CallOutcome = {
  outcome: 'ok',
  errorCode: null,
  errorMessage: null,
  intentId: null,
  upstreamCalls: 0,
};

/** What happened, as the `tool` of its record, and how it ended. */
const EVENTS = {
  'app.refresh': WELL,
  /** Hosts do it by several processes at once; so does who stole one. */
  'app.refresh_again': {
    ...WELL,
    errorMessage: 'A refresh token was used again within its grace, and got tokens of its own.',
  },
  'app.replay': {
    ...WELL,
    outcome: 'error',
    errorMessage: 'A code or a refresh token was used again. The app was revoked: it may have been stolen.',
  },
  'app.end': { ...WELL, errorMessage: 'The app gave its access back.' },
} as const satisfies Record<AppEvent, CallOutcome>;

/** Writes down what happened with a grant. Where that fails it is logged. */
export async function recordOfGrant(storage: AuditStorage, grantId: string, event: AppEvent): Promise<void> {
  try {
    const grant = await withDeadline(findGrant(storage.db, grantId));
    if (grant === null) return;
    const { ownerUid, connectionId, clientName, scope } = grant;
    const connection = await withDeadline(findConnection(storage.db, ownerUid, connectionId));
    await record(storage, {
      at: new Date(),
      caller: {
        source: 'oauth',
        credentialId: grantId,
        credentialLabel: clientName,
        clientName,
        clientVersion: '',
        scope,
        address: null,
        requestId: null,
      },
      connection: connection ?? noConnection(ownerUid),
      tool: event,
      args: {},
      outcome: EVENTS[event],
    });
  } catch (error) {
    logger.log('grant_unrecorded', { grantId, what: event, error });
  }
}
