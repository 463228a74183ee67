/** Keys and apps whose time has run out, in the audit of their owner. */
import type { IbkrAccess } from '../connections/pool.ts';
import { noConnection } from '../http/users/owner-acts.ts';
import type { AuditStorage } from '../store/audit-chain/audit-keys.ts';
import { findConnection } from '../store/connections.ts';
import { takeExpiredApps, takeExpiredKeys } from '../store/credentials/expired-credentials.ts';
import { recordBySchedule } from './schedule-acts.ts';

/** A run that finds more leaves them to the next one. */
const MOST_A_RUN = 100;

/** Records each key and app whose time has run out since the schedule last looked, once. */
export async function recordExpired(access: Pick<IbkrAccess, 'db'> & AuditStorage, now: Date): Promise<void> {
  const { db } = access;
  const [keys, apps] = await Promise.all([
    takeExpiredKeys(db, now, MOST_A_RUN),
    takeExpiredApps(db, now, MOST_A_RUN),
  ]);
  const expired = [
    ...keys.map(({ label, last, ...key }) => ({ ...key, act: 'key.expire', args: { label, last } }) as const),
    ...apps.map(({ clientName: label, ...app }) => ({ ...app, act: 'app.expire', args: { label } }) as const),
  ];
  for (const { ownerUid, connectionId, act, args } of expired) {
    const connection = (await findConnection(db, ownerUid, connectionId)) ?? noConnection(ownerUid);
    await recordBySchedule(access, { at: new Date(), connection, act, args });
  }
}
